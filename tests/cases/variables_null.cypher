CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v1 RETURN collect([n0.`id`]) AS r1 }
RETURN r0, r1

{
  "v0": 25,
  "v1": 25
}
