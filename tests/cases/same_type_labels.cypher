CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)<-[:`CONTACT_CONTACT__MANAGER`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v1 RETURN [n1.`id`] }, COLLECT { MATCH (n0)-[:`CONTACT_CONTACT__MANAGER`]->(n2) WITH n0, n2 ORDER BY n2.`id` LIMIT $p.v2 MATCH (n0)-[e2:`CONTACT_CONTACT`]-(n2) RETURN [startNode(e2) = n0, e2.`labels`, n2.`id`] }, COLLECT { MATCH (n0)-[:`CONTACT_CONTACT__COLLEAGUE`]-(n3) WITH n3 ORDER BY n3.`id` LIMIT $p.v3 RETURN [n3.`id`] }, COLLECT { MATCH (n0)-[e4:`CONTACT_CONTACT`]-(n4) WITH n0, n4, e4 ORDER BY n4.`id` LIMIT $p.v4 RETURN [startNode(e4) = n0, e4.`labels`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": 10,
  "v2": 10,
  "v3": 10,
  "v4": 10
}
