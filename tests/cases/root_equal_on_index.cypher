CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`id` LIMIT $p.v0 RETURN collect([n0.`name`]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "CLOSED_WON"
}
