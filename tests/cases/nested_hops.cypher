CALL () { MATCH (n0:`Contact`) WHERE n0.`lifecycleStage` = $p.v1 AND n0.`createdAt` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`createdAt` DESC, n0.`id` DESC LIMIT $p.v0 RETURN collect([datetime(n0.`createdAt`).epochMillis, n0.`id`, n0.`email`, COLLECT { MATCH (n0)-[e1:`CONTACT_COMPANY`]-(n1) WITH n0, n1, e1 ORDER BY n1.`id` LIMIT $p.v2 RETURN [e1.`labels`, datetime(e1.`createdAt`).epochMillis, n1.`name`, COUNT { MATCH (n1)-[:`COMPANY_DEAL`]-(n2) WHERE n2.`stage` IN $p.v3 }, COLLECT { MATCH (n1)-[:`COMPANY_DEAL`]-(n3) WHERE n3.`stage` IN $p.v3 WITH n3 ORDER BY n3.`amount` IS NULL, n3.`amount` DESC, n3.`id` DESC LIMIT $p.v4 RETURN [n3.`name`, COLLECT { MATCH (n3)-[:`DEAL_TICKET`]-(n4) WITH n4 ORDER BY n4.`id` LIMIT $p.v5 RETURN [n4.`subject`, n4.`priority`] }] }] }]) AS r0 }
RETURN r0

{
  "v0": 21,
  "v1": "CUSTOMER",
  "v2": 5,
  "v3": [
    "CLOSED_WON"
  ],
  "v4": 10,
  "v5": 3
}
