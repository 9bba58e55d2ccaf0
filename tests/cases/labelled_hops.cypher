CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__PRIMARY`]->(n1) RETURN [n1.`name`] }, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n2) WITH n2 ORDER BY n2.`id` LIMIT $p.v1 RETURN [n2.`name`] }, COLLECT { MATCH (n0)-[:`CONTACT_DEAL__DECISION_MAKER`]->(n3) WITH n0, n3 ORDER BY n3.`id` LIMIT $p.v2 MATCH (n0)-[e3:`CONTACT_DEAL`]-(n3) RETURN [e3.`labels`, datetime(e3.`createdAt`).epochMillis, n3.`name`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": 10,
  "v2": 2
}
