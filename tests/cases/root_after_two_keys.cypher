CALL () { CALL () { MATCH (n0:`Deal`) WHERE n0.`closeDate` = $p.v2 AND n0.`amount` = $p.v3 AND n0.`id` > $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`closeDate`, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`closeDate` = $p.v2 AND n0.`amount` < $p.v3 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`closeDate`, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`closeDate` = $p.v2 AND n0.`_u_amount` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`_u_amount`, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`closeDate` > $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`closeDate`, n0.`amount` IS NULL, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`_u_closeDate` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`_u_closeDate`, n0.`amount` IS NULL, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "MARK-cursor-id",
  "v2": "2025-01-31",
  "v3": 1
}
