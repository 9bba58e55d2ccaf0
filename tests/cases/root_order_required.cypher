CALL () { MATCH (n0:`Deal`) WHERE n0.`name` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`name`, n0.`id` LIMIT $p.v0 RETURN collect([n0.`name`]) AS r0 }
RETURN r0

{
  "v0": 25
}
