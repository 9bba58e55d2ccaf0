CALL () { MATCH (n0:`Contact`) WHERE (n0.`jobTitle` IS NULL OR NOT (n0.`jobTitle` IN $p.v1)) AND (n0.`lifecycleStage` IS NULL OR NOT (n0.`lifecycleStage` IN $p.v2)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`age` >= $p.v4 AND n0.`age` <= $p.v5 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Deal`) WHERE ((n0.`amount` IS NULL OR NOT (n0.`amount` >= $p.v7)) OR (n0.`amount` IS NULL OR NOT (n0.`amount` <= $p.v8))) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v6 RETURN collect([n0.`id`]) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` ENDS WITH $p.v10 AND toLower(n0.`jobTitle`) ENDS WITH toLower($p.v11) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v9 RETURN collect([n0.`id`]) AS r3 }
CALL () { MATCH (n0:`Contact`) WHERE toLower(n0.`jobTitle`) = toLower($p.v13) AND toLower(n0.`jobTitle`) CONTAINS toLower($p.v14) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v12 RETURN collect([n0.`id`]) AS r4 }
CALL () { MATCH (n0:`Contact`) WHERE ((n0.`jobTitle` IS NULL OR NOT (toLower(n0.`jobTitle`) IN [x IN $p.v1 | toLower(x)])) OR (n0.`city` IS NULL OR NOT (toLower(n0.`city`) STARTS WITH toLower($p.v16)))) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v15 RETURN collect([n0.`id`]) AS r5 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`email` = $p.v18 AND n0.`email` IN $p.v19 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`email`, n0.`id` LIMIT $p.v17 RETURN collect([n0.`id`]) AS r6 }
CALL () { MATCH (n0:`Contact`) WHERE any(x IN $p.v21 WHERE x IN n0.`buyingRole`) AND n0.`buyingRole` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v20 RETURN collect([n0.`id`]) AS r7 }
CALL () { MATCH (n0:`Contact`) WHERE (n0.`buyingRole` IS NULL OR NOT ((n0.`buyingRole` IS NOT NULL AND all(x IN $p.v23 WHERE x IN n0.`buyingRole`)))) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v22 RETURN collect([n0.`id`]) AS r8 }
RETURN r0, r1, r2, r3, r4, r5, r6, r7, r8

{
  "v0": 25,
  "v1": [
    "MARK-a",
    "MARK-b"
  ],
  "v2": [
    "LEAD"
  ],
  "v3": 25,
  "v4": 17,
  "v5": 71,
  "v6": 25,
  "v7": 77777700,
  "v8": 77778800,
  "v9": 25,
  "v10": "MARK-e",
  "v11": "MARK-E",
  "v12": 25,
  "v13": "MARK-q",
  "v14": "MARK-c",
  "v15": 25,
  "v16": "MARK-s",
  "v17": 25,
  "v18": "mark-ada@hub.example",
  "v19": [
    "mark-a",
    "mark-b"
  ],
  "v20": 25,
  "v21": [
    "CHAMPION",
    "DECISION_MAKER"
  ],
  "v22": 25,
  "v23": [
    "CHAMPION"
  ]
}
