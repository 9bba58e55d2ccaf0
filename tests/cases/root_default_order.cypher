CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`, n0.`email`, n0.`firstName`]) AS r0 }
RETURN r0

{
  "v0": 25
}
