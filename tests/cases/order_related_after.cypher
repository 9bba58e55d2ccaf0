CALL () { MATCH (n0:`Contact`) WHERE n0.`lifecycleStage` = $p.v0 AND n0.`id` IS NOT NULL WITH n0, head(COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__PRIMARY`]->(n1) RETURN n1.`name` }) AS `n0_primaryCompany_name` WHERE ((`n0_primaryCompany_name` = $p.v2 AND n0.`id` > $p.v1) OR (`n0_primaryCompany_name` > $p.v2) OR (`n0_primaryCompany_name` IS NULL)) WITH n0, `n0_primaryCompany_name` ORDER BY `n0_primaryCompany_name` IS NULL, `n0_primaryCompany_name`, n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n2) WITH n2 ORDER BY n2.`id` LIMIT $p.v4 RETURN [n2.`name`] }]) AS r0 }
RETURN r0

{
  "v0": "CUSTOMER",
  "v1": "MARK-cursor-id",
  "v2": "MARK-name",
  "v3": 3,
  "v4": 10
}
