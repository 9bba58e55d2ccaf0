CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` = $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE (n0.`jobTitle` IS NULL OR NOT (n0.`jobTitle` = $p.v1)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v2 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IN $p.v4 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`]) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`age` < $p.v6 AND n0.`age` <= $p.v7 AND n0.`age` > $p.v8 AND n0.`age` >= $p.v9 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v5 RETURN collect([n0.`id`]) AS r3 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` CONTAINS $p.v11 AND n0.`jobTitle` STARTS WITH $p.v12 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v10 RETURN collect([n0.`id`]) AS r4 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IS NOT NULL AND n0.`age` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v13 RETURN collect([n0.`id`]) AS r5 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`amount` >= $p.v15 AND n0.`closeDate` < $p.v16 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v14 RETURN collect([n0.`id`]) AS r6 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`createdAt` > $p.v18 AND n0.`email` = $p.v19 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`email`, n0.`id` LIMIT $p.v17 RETURN collect([n0.`id`]) AS r7 }
RETURN r0, r1, r2, r3, r4, r5, r6, r7

{
  "v0": 25,
  "v1": "MARK-x",
  "v2": 25,
  "v3": 25,
  "v4": [
    "MARK-a",
    "MARK-b"
  ],
  "v5": 25,
  "v6": 1,
  "v7": 2,
  "v8": 3,
  "v9": 4,
  "v10": 25,
  "v11": "MARK-c",
  "v12": "MARK-s",
  "v13": 25,
  "v14": 25,
  "v15": 77777700,
  "v16": "2025-02-28",
  "v17": 25,
  "v18": "2024-12-31 22:00:00+00:00",
  "v19": "mark-ada@hub.example"
}
