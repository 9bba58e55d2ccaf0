CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COUNT { (n0)-[:`CONTACT_COMPANY__BILLING`]->() }, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v1 RETURN [n1.`name`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": 10
}
