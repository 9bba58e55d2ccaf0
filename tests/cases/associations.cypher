CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 WHERE n0:`Contact` OR n0.`_type` = $p.v2 RETURN collect([COUNT { (n0)-[:`CONTACT_CONTACT`|`CONTACT_COMPANY`|`CONTACT_DEAL`]-() }, COLLECT { MATCH (n0)-[e1:`CONTACT_CONTACT`|`CONTACT_COMPANY`|`CONTACT_DEAL`]-(n1) WHERE ((n1.`id` > $p.v3)) WITH n0, n1, e1 ORDER BY n1.`id` LIMIT $p.v4 RETURN [n1.`id`, CASE WHEN n1:`Contact` THEN [0, [n1.`id`, startNode(e1) = n0, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`firstName`, n1.`lastName`, n1.`email`, n1.`phone`]] WHEN n1:`Company` THEN [1, [n1.`id`, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`name`, n1.`domain`]] WHEN n1:`Deal` THEN [2, [n1.`id`, e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`name`, n1.`amount`]] END] }]) AS r0 }
RETURN r0

{
  "v0": "MARK-1",
  "v1": "id:MARK-1",
  "v2": "Contact",
  "v3": "MARK-cursor-id",
  "v4": 4
}
