CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)-[e1:`CONTACT_COMPANY`]-(n1) WITH n0, n1, e1, COUNT { (n1)-[:`CONTACT_COMPANY__BILLING`]->() } AS `n1_billingCompanies_count`, head(COLLECT { MATCH (n1)-[:`CONTACT_COMPANY__PRIMARY`]->(n2) RETURN n2.`name` }) AS `n1_primaryCompany_name` WITH n0, n1, e1, `n1_billingCompanies_count`, `n1_primaryCompany_name` ORDER BY `n1_billingCompanies_count` DESC, `n1_primaryCompany_name` IS NOT NULL, `n1_primaryCompany_name`, n1.`id` DESC LIMIT $p.v1 RETURN [`n1_billingCompanies_count`, `n1_primaryCompany_name`, n1.`id`, e1.`labels`, COLLECT { MATCH (n1)-[:`CONTACT_CONTACT`]-(n3) WITH n3 ORDER BY n3.`id` LIMIT $p.v2 RETURN [n3.`id`] }] }, COLLECT { MATCH (n0)<-[:`CONTACT_COMPANY__BILLING`]-(n4) WITH n0, n4, head(COLLECT { MATCH (n4)-[:`CONTACT_COMPANY__PRIMARY`]->(n5) RETURN n5.`id` }) AS `n4_primaryCompany_id` WITH n0, n4, `n4_primaryCompany_id` ORDER BY `n4_primaryCompany_id` IS NULL, `n4_primaryCompany_id` DESC, n4.`id` DESC LIMIT $p.v3 MATCH (n0)-[e4:`CONTACT_COMPANY`]-(n4) RETURN [e4.`labels`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": 2,
  "v2": 10,
  "v3": 10
}
