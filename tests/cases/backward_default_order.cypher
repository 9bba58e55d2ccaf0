CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` DESC LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 4
}
