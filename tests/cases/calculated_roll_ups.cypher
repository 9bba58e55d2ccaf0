CALL () { MATCH (n0:`Company`) WHERE NOT EXISTS { OPTIONAL MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WITH {`count`: count(n1)} AS f1 WHERE f1.`count` < $p.v0 RETURN f1 } AND EXISTS { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n2) WHERE n2.`isClosed` = $p.v1 WITH {`sum_amount`: sum(n2.`amount`), `count_amount`: count(n2.`amount`)} AS f2 WITH {`sum_amount`: CASE WHEN f2.`count_amount` > $p.v2 THEN f2.`sum_amount` END} AS f2 WHERE f2.`sum_amount` > $p.v3 RETURN f2 } AND n0.`id` IS NOT NULL WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n3) WHERE n3.`isClosed` = $p.v1 WITH {`sum_amount`: sum(n3.`amount`), `count_amount`: count(n3.`amount`)} AS f3 WITH {`sum_amount`: CASE WHEN f3.`count_amount` > $p.v2 THEN f3.`sum_amount` END} AS f3 RETURN f3.`sum_amount` }) AS `n0_openDeals_sum_amount` WITH n0, `n0_openDeals_sum_amount` ORDER BY `n0_openDeals_sum_amount` IS NULL, `n0_openDeals_sum_amount` DESC, n0.`id` DESC LIMIT $p.v4 RETURN collect([n0.`name`, head(COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n4) WHERE n4.`isClosed` = $p.v1 RETURN [sum(n4.`amount`), count(n4.`amount`)] }), COUNT { (n0)-[:`CONTACT_COMPANY`]-() }, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n5) WITH n5 ORDER BY n5.`id` LIMIT $p.v5 RETURN [COLLECT { MATCH (n5)-[:`CONTACT_COMPANY`]-(n6) WITH n6 ORDER BY n6.`id` LIMIT $p.v6 RETURN [COUNT { (n6)-[:`CONTACT_COMPANY`]-() }] }] }, `n0_openDeals_sum_amount`, n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 2,
  "v1": false,
  "v2": 0,
  "v3": 100000,
  "v4": 6,
  "v5": 2,
  "v6": 1
}
