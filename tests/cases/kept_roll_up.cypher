CALL () { CALL () { MATCH (n0:`Company`) WHERE n0.`kept` >= $p.v3 AND n0.`kept` = $p.v2 AND n0.`id` < $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`kept` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Company`) WHERE n0.`kept` >= $p.v3 AND n0.`kept` < $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`kept` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Company`) WHERE n0.`kept` >= $p.v3 AND n0.`_u_kept` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`_u_kept` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`name`, n0.`kept`, head(COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE n1.`isClosed` = $p.v4 RETURN [sum(n1.`amount`), count(n1.`amount`)] })]) AS r0 }
CALL () { MATCH (n0:`Company`) WHERE n0.`kept` = $p.v3 AND n0.`id` IS NOT NULL RETURN count(n0) AS r1 }
CALL () { MATCH (n0:`Company`) WHERE n0.`kept` = $p.v3 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`kept`, n0.`id` LIMIT $p.v5 RETURN collect([n0.`kept`]) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE EXISTS { MATCH (n0)-[:`CONTACT_COMPANY`]-(n2) WHERE n2.`kept` IS NULL } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v6 RETURN collect([n0.`id`]) AS r3 }
RETURN r0, r1, r2, r3

{
  "v0": 2,
  "v1": "MARK-cursor-id",
  "v2": 125000,
  "v3": 1000000,
  "v4": false,
  "v5": 2,
  "v6": 1
}
