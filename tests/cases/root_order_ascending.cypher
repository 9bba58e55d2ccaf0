CALL () { CALL () { MATCH (n0:`Contact`) WHERE n0.`lastName` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`lastName`, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Contact`) WHERE n0.`_u_lastName` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`_u_lastName`, n0.`id` LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`lastName`, n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 4
}
