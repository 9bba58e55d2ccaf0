CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE (key_a = $p.v1 AND (key_b > $p.v2 OR key_b IS NULL) OR (key_a > $p.v1 OR key_a IS NULL)) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v3 RETURN collect([key_a, key_b, figures, $p.v0]) AS r0 }
CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, [count(n0)] AS figures, {`sum_amount`: sum(n0.`amount`), `count_amount`: count(n0.`amount`), `count`: count(n0)} AS f0 WITH key_a, figures, {`sum_amount`: CASE WHEN f0.`count_amount` > $p.v4 THEN f0.`sum_amount` END, `count`: f0.`count`} AS f0 WITH key_a, figures, f0 ORDER BY f0.`sum_amount` IS NULL, f0.`sum_amount` DESC, f0.`count` IS NULL, f0.`count`, key_a IS NULL, key_a DESC LIMIT $p.v5 RETURN collect([key_a, figures, $p.v0, f0.`sum_amount`, f0.`count`]) AS r1 }
CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE (key_a IS NULL AND (key_b > $p.v6 OR key_b IS NULL)) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v7 RETURN collect([key_a, key_b, figures, $p.v0]) AS r2 }
RETURN r0, r1, r2

{
  "v0": "UTC",
  "v1": "MARK-a",
  "v2": "MARK-b",
  "v3": 25,
  "v4": 0,
  "v5": 26,
  "v6": "MARK-b",
  "v7": 25
}
