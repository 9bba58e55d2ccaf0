CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v1 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Deal`) RETURN count(n0) AS r2 }
RETURN r0, r1, r2

{
  "v0": 1,
  "v1": 1
}
