CALL () { MATCH (n0:`Contact`) WHERE n0.`id` = $p.v0 RETURN collect([COUNT { (n0)-[:`CONTACT_CONTACT`|`CONTACT_COMPANY`|`CONTACT_DEAL`]-() }, COLLECT { MATCH (n0)-[e1:`CONTACT_CONTACT`|`CONTACT_COMPANY`|`CONTACT_DEAL`]-(n1) WHERE ((n1.`id` > $p.v1)) WITH n0, n1, e1 ORDER BY n1.`id` LIMIT $p.v2 RETURN [n1.`id`, CASE WHEN n1:`Contact` THEN [0, [n1.`id`, startNode(e1) = n0, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`firstName`, n1.`lastName`, n1.`email`, n1.`phone`]] WHEN n1:`Company` THEN [1, [n1.`id`, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`name`, n1.`domain`]] WHEN n1:`Deal` THEN [2, [n1.`id`, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`name`, n1.`amount`]] END] }]) AS r0 }
RETURN r0

{
  "v0": "MARK-1",
  "v1": "MARK-cursor-id",
  "v2": 4
}
