CALL () { CALL () { MATCH (n0:`Contact`) WHERE (n0.`age` > $p.v1 OR (n0.`city` IS NULL OR NOT (n0.`city` STARTS WITH $p.v2))) AND n0.`jobTitle` IN $p.v3 AND n0.`city` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`city` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Contact`) WHERE (n0.`age` > $p.v1 OR (n0.`city` IS NULL OR NOT (n0.`city` STARTS WITH $p.v2))) AND n0.`jobTitle` IN $p.v3 AND n0.`city` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 77,
  "v1": 7777,
  "v2": "MARK-B",
  "v3": [
    "MARK-1",
    "MARK-2"
  ]
}
