CALL () { CALL () { MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v4 AND n0.`closeDate` = $p.v2 AND n0.`amount` = $p.v3 AND n0.`id` > $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`closeDate`, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v4 AND n0.`closeDate` = $p.v2 AND n0.`amount` < $p.v3 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`closeDate`, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v4 AND n0.`closeDate` = $p.v2 AND n0.`amount` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`closeDate`, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v4 AND n0.`closeDate` > $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`closeDate`, n0.`amount` IS NULL, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `_u_closeDate`, `id`) WHERE n0.`stage` = $p.v4 AND n0.`_u_closeDate` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`_u_closeDate`, n0.`amount` IS NULL, n0.`amount` DESC, n0.`id` LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`, toString(n0.`closeDate`), n0.`amount`]) AS r0 }
RETURN r0

{
  "v0": 26,
  "v1": "MARK-cursor-id",
  "v2": "2026-11-22",
  "v3": 125000,
  "v4": "CONTRACT_SENT"
}
