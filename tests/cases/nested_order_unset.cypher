CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WITH n1 ORDER BY n1.`lastName` IS NULL, n1.`lastName` DESC, n1.`score` IS NULL, n1.`score`, n1.`id` DESC LIMIT $p.v1 RETURN [n1.`id`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": 10
}
