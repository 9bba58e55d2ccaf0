CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0, head(COLLECT { MATCH (n0)-[:`CONTACT_COMPANY__PRIMARY`]->(n1) RETURN n1.`name` }) AS `n0_primaryCompany_name` WITH n0, `n0_primaryCompany_name` ORDER BY `n0_primaryCompany_name` IS NULL, `n0_primaryCompany_name`, n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`, `n0_primaryCompany_name`]) AS r0 }
RETURN r0

{
  "v0": 4
}
