CALL () { MATCH (n0:`Company`) WHERE NOT EXISTS { OPTIONAL MATCH (n0)<-[:`CONTACT_COMPANY__BILLING`]-(n1) WITH {`max_lastContactedAt`: max(datetime(n1.`lastContactedAt`)), `lower_score`: percentileDisc(n1.`score`, $p.v0), `upper_score`: -percentileDisc(-n1.`score`, $p.v0)} AS f1 WITH {`max_lastContactedAt`: f1.`max_lastContactedAt`, `median_score`: CASE WHEN f1.`lower_score` IS NOT NULL THEN toFloat((f1.`lower_score` + f1.`upper_score`)) / $p.v1 END} AS f1 WHERE ((f1.`max_lastContactedAt` >= $p.v2 AND f1.`max_lastContactedAt` < $p.v3) OR f1.`median_score` IS NULL) RETURN f1 } AND EXISTS { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n2) WHERE n2.`isWon` = $p.v4 WITH {`count`: count(n2), `sum_amount`: sum(n2.`amount`), `count_amount`: count(n2.`amount`)} AS f2 WITH {`count`: f2.`count`, `avg_amount`: CASE WHEN f2.`count_amount` > $p.v5 THEN head([whole IN [(f2.`sum_amount` - (f2.`sum_amount` % f2.`count_amount` + f2.`count_amount`) % f2.`count_amount`) / f2.`count_amount`] | whole + CASE WHEN $p.v1 * (f2.`sum_amount` - whole * f2.`count_amount`) > f2.`count_amount` OR ($p.v1 * (f2.`sum_amount` - whole * f2.`count_amount`) = f2.`count_amount` AND whole % $p.v1 <> $p.v5) THEN $p.v6 ELSE $p.v5 END]) END} AS f2 WHERE f2.`count` >= $p.v1 AND true AND f2.`avg_amount` < $p.v7 RETURN f2 } AND n0.`id` IS NOT NULL RETURN count(n0) AS r0 }
RETURN r0

{
  "v0": 0.5,
  "v1": 2,
  "v2": "2026-08-24 09:30:00+00:00",
  "v3": "2026-11-22 09:30:00+00:00",
  "v4": true,
  "v5": 0,
  "v6": 1,
  "v7": 5000000
}
