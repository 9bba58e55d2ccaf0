CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE n1.`isWon` = $p.v0 WITH {`sum_amount`: sum(n1.`amount`), `count_amount`: count(n1.`amount`)} AS f1 WITH {`avg_amount`: CASE WHEN f1.`count_amount` > $p.v1 THEN head([whole IN [(f1.`sum_amount` - (f1.`sum_amount` % f1.`count_amount` + f1.`count_amount`) % f1.`count_amount`) / f1.`count_amount`] | whole + CASE WHEN $p.v3 * (f1.`sum_amount` - whole * f1.`count_amount`) > f1.`count_amount` OR ($p.v3 * (f1.`sum_amount` - whole * f1.`count_amount`) = f1.`count_amount` AND whole % $p.v3 <> $p.v1) THEN $p.v2 ELSE $p.v1 END]) END} AS f1 RETURN f1.`avg_amount` }) AS `n0_deals_avg_amount`, COUNT { (n0)<-[:`CONTACT_COMPANY__BILLING`]-() } AS `n0_contacts_count`, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_TICKET`]-(n2) WITH {`max_openedAt`: max(datetime(n2.`openedAt`))} AS f2 RETURN f2.`max_openedAt` }) AS `n0_tickets_max_openedAt` WITH n0, `n0_deals_avg_amount`, `n0_contacts_count`, `n0_tickets_max_openedAt` ORDER BY `n0_deals_avg_amount` IS NULL, `n0_deals_avg_amount` DESC, `n0_contacts_count`, `n0_tickets_max_openedAt` IS NULL, `n0_tickets_max_openedAt` DESC, n0.`id` DESC LIMIT $p.v4 RETURN collect([`n0_deals_avg_amount`, `n0_contacts_count`, datetime(`n0_tickets_max_openedAt`).epochMillis, n0.`id`, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n3) WITH n3, head(COLLECT { OPTIONAL MATCH (n3)-[:`CONTACT_DEAL`]-(n4) WITH {`lower_amount`: percentileDisc(n4.`amount`, $p.v5), `upper_amount`: -percentileDisc(-n4.`amount`, $p.v5)} AS f4 WITH {`median_amount`: CASE WHEN f4.`lower_amount` IS NOT NULL THEN head([whole IN [((f4.`lower_amount` + f4.`upper_amount`) - ((f4.`lower_amount` + f4.`upper_amount`) % $p.v3 + $p.v3) % $p.v3) / $p.v3] | whole + CASE WHEN $p.v3 * ((f4.`lower_amount` + f4.`upper_amount`) - whole * $p.v3) > $p.v3 OR ($p.v3 * ((f4.`lower_amount` + f4.`upper_amount`) - whole * $p.v3) = $p.v3 AND whole % $p.v3 <> $p.v1) THEN $p.v2 ELSE $p.v1 END]) END} AS f4 RETURN f4.`median_amount` }) AS `n3_deals_median_amount` WITH n3, `n3_deals_median_amount` ORDER BY `n3_deals_median_amount` IS NULL, `n3_deals_median_amount`, n3.`id` LIMIT $p.v6 RETURN [n3.`id`] }]) AS r0 }
RETURN r0

{
  "v0": true,
  "v1": 0,
  "v2": 1,
  "v3": 2,
  "v4": 25,
  "v5": 0.5,
  "v6": 10
}
