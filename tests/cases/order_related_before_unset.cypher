CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0, head(COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__PRIMARY`]->(n1) RETURN n1.`createdAt` }) AS `n0_primaryCompany_createdAt` WHERE ((`n0_primaryCompany_createdAt` IS NULL AND n0.`id` > $p.v0) OR (`n0_primaryCompany_createdAt` IS NOT NULL)) WITH n0, `n0_primaryCompany_createdAt` ORDER BY `n0_primaryCompany_createdAt` IS NOT NULL, `n0_primaryCompany_createdAt`, n0.`id` LIMIT $p.v1 RETURN collect([datetime(`n0_primaryCompany_createdAt`).epochMillis, n0.`id`]) AS r0 }
RETURN r0

{
  "v0": "MARK-cursor-id",
  "v1": 3
}
