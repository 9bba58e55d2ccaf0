CALL () { MATCH (n0:`Contact`) WHERE (n0.`jobTitle` IS NULL OR NOT (n0.`jobTitle` = $p.v1)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` = $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v2 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Contact`) WHERE (n0.`jobTitle` IS NULL OR NOT (n0.`jobTitle` IN $p.v4)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`]) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE ((n0.`age` IS NULL OR NOT (n0.`age` < $p.v6)) OR (n0.`age` IS NULL OR NOT (n0.`age` >= $p.v7))) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v5 RETURN collect([n0.`id`]) AS r3 }
CALL () { MATCH (n0:`Contact`) WHERE (n0.`jobTitle` IS NULL OR NOT (n0.`jobTitle` CONTAINS $p.v9)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v8 RETURN collect([n0.`id`]) AS r4 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v10 RETURN collect([n0.`id`]) AS r5 }
CALL () { MATCH (n0:`Contact`) WHERE NOT (n0.`createdAt` < $p.v12) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v11 RETURN collect([n0.`id`]) AS r6 }
CALL () { MATCH (n0:`Contact`) WHERE ((n0.`age` IS NULL OR NOT (n0.`age` < $p.v6)) OR ((n0.`age` IS NULL OR NOT (n0.`age` > $p.v14)) AND n0.`age` = $p.v15)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v13 RETURN collect([n0.`id`]) AS r7 }
RETURN r0, r1, r2, r3, r4, r5, r6, r7

{
  "v0": 25,
  "v1": "MARK-x",
  "v2": 25,
  "v3": 25,
  "v4": [
    "MARK-x"
  ],
  "v5": 25,
  "v6": 1,
  "v7": 4,
  "v8": 25,
  "v9": "MARK-c",
  "v10": 25,
  "v11": 25,
  "v12": "2025-01-01 00:00:00+00:00",
  "v13": 25,
  "v14": 5,
  "v15": 3
}
