CALL () { MATCH (n0:`Deal`) WHERE n0.`closeDate` >= $p.v1 AND n0.`closeDate` < $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`closedAt` >= $p.v4 AND n0.`closedAt` < $p.v5 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Deal`) WHERE ((n0.`closeDate` IS NULL OR NOT (n0.`closeDate` >= $p.v6)) OR (n0.`closeDate` IS NULL OR NOT (n0.`closeDate` < $p.v7))) AND n0.`id` IS NOT NULL RETURN count(n0) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`lastContactedAt` >= $p.v9 AND n0.`lastContactedAt` < $p.v10 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v8 RETURN collect([n0.`id`]) AS r3 }
RETURN r0, r1, r2, r3

{
  "v0": 25,
  "v1": "2026-08-25",
  "v2": "2026-11-23",
  "v3": 25,
  "v4": "2026-08-22 08:30:00+00:00",
  "v5": "2026-11-22 09:30:00+00:00",
  "v6": "2026-10-01",
  "v7": "2027-01-01",
  "v8": 25,
  "v9": "2026-11-15 11:00:00+00:00",
  "v10": "2026-11-22 11:00:00+00:00"
}
