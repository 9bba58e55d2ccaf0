CALL () { MATCH (n0:`Deal`) WITH n0.`stage` AS key_a, count(n0) AS figures, {`count`: count(n0), `sum_amount`: sum(n0.`amount`), `count_amount`: count(n0.`amount`)} AS f0 WITH key_a, figures, {`count`: f0.`count`, `sum_amount`: CASE WHEN f0.`count_amount` > $p.v1 THEN f0.`sum_amount` END} AS f0 WHERE NOT (f0.`count` IN $p.v2) AND f0.`sum_amount` >= $p.v3 WITH key_a RETURN count(*) AS r0 }
CALL () { MATCH (n0:`Deal`) WITH n0.`stage` AS key_a, [sum(n0.`amount`), count(n0.`amount`), count(n0)] AS figures, {`sum_amount`: sum(n0.`amount`), `count_amount`: count(n0.`amount`), `max_closeDate`: max(n0.`closeDate`), `count`: count(n0)} AS f0 WITH key_a, figures, {`avg_amount`: CASE WHEN f0.`count_amount` > $p.v1 THEN head([whole IN [(f0.`sum_amount` - (f0.`sum_amount` % f0.`count_amount` + f0.`count_amount`) % f0.`count_amount`) / f0.`count_amount`] | whole + CASE WHEN $p.v5 * (f0.`sum_amount` - whole * f0.`count_amount`) > f0.`count_amount` OR ($p.v5 * (f0.`sum_amount` - whole * f0.`count_amount`) = f0.`count_amount` AND whole % $p.v5 <> $p.v1) THEN $p.v4 ELSE $p.v1 END]) END, `max_closeDate`: f0.`max_closeDate`, `count`: f0.`count`, `sum_amount`: CASE WHEN f0.`count_amount` > $p.v1 THEN f0.`sum_amount` END} AS f0 WHERE NOT (f0.`count` IN $p.v2) AND f0.`sum_amount` >= $p.v3 WITH key_a, figures, f0 ORDER BY f0.`avg_amount` IS NULL, f0.`avg_amount` DESC, f0.`max_closeDate` IS NULL, f0.`max_closeDate`, key_a IS NULL, key_a LIMIT $p.v6 RETURN collect([key_a, figures, $p.v0, f0.`avg_amount`, toString(f0.`max_closeDate`)]) AS r1 }
RETURN r0, r1

{
  "v0": "UTC",
  "v1": 0,
  "v2": [
    1,
    2
  ],
  "v3": 10000000,
  "v4": 1,
  "v5": 2,
  "v6": 26
}
