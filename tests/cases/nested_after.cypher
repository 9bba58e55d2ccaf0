CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE ((n1.`amount` = $p.v2 AND n1.`id` < $p.v1) OR (n1.`amount` < $p.v2) OR (n1.`amount` IS NULL)) WITH n1 ORDER BY n1.`amount` IS NULL, n1.`amount` DESC, n1.`id` DESC LIMIT $p.v3 RETURN [n1.`id`, n1.`amount`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "MARK-cursor-id",
  "v2": 125000,
  "v3": 3
}
