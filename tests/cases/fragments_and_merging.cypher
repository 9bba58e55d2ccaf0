CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`firstName`, n0.`lastName`, n0.`email`, n0.`phone`, n0.`id`, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v1 RETURN [n1.`name`, n1.`domain`] }]) AS r0 }
RETURN r0

{
  "v0": 1,
  "v1": 10
}
