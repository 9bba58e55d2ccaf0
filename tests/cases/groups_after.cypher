CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE key_a = $p.v1 AND (key_b > $p.v2 OR key_b IS NULL) OR (key_a > $p.v1 OR key_a IS NULL) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v3 RETURN collect([key_a, key_b, figures, $p.v0]) AS r0 }
CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, [count(n0)] AS figures, sum(n0.`amount`) AS sorted_a, max(n0.`amount`) AS known_a, count(n0) AS sorted_b WITH key_a, figures, CASE WHEN known_a IS NOT NULL THEN sorted_a END AS sorted_a, sorted_b WITH key_a, figures, sorted_a, sorted_b ORDER BY sorted_a IS NULL, sorted_a DESC, sorted_b IS NULL, sorted_b, key_a IS NULL, key_a DESC LIMIT $p.v4 RETURN collect([key_a, figures, $p.v0, sorted_a, sorted_b]) AS r1 }
CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE key_a IS NULL AND (key_b > $p.v5 OR key_b IS NULL) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v6 RETURN collect([key_a, key_b, figures, $p.v0]) AS r2 }
RETURN r0, r1, r2

{
  "v0": "UTC",
  "v1": "MARK-a",
  "v2": "MARK-b",
  "v3": 25,
  "v4": 26,
  "v5": "MARK-b",
  "v6": 25
}
