CALL () { MATCH (n0:`Deal`) WHERE n0.`_u_closeDate` = true AND n0.`amount` IS NULL AND n0.`id` > $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`_u_closeDate`, n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "MARK-cursor-id"
}
