CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE key_a = $p.v1 AND (key_b > $p.v2 OR key_b IS NULL) OR (key_a > $p.v1 OR key_a IS NULL) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v3 RETURN collect([key_a, key_b, figures, $p.v0]) AS r0 }
CALL () { MATCH (n0:`Deal`) WITH n0.`priority` AS key_a, n0.`name` AS key_b, [count(n0)] AS figures WHERE key_a IS NULL AND (key_b > $p.v4 OR key_b IS NULL) WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v5 RETURN collect([key_a, key_b, figures, $p.v0]) AS r1 }
RETURN r0, r1

{
  "v0": "UTC",
  "v1": "MARK-a",
  "v2": "MARK-b",
  "v3": 25,
  "v4": "MARK-b",
  "v5": 25
}
