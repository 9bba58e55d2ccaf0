CALL () { CALL () { MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `amount`, `id`) WHERE n0.`stage` = $p.v5 AND n0.`amount` = $p.v2 AND n0.`id` > $p.v1 AND n0.`amount` <= $p.v4 AND ((n0.`amount` = $p.v4 AND n0.`id` < $p.v3) OR (n0.`amount` < $p.v4)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`amount`, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `amount`, `id`) WHERE n0.`stage` = $p.v5 AND n0.`amount` > $p.v2 AND n0.`amount` <= $p.v4 AND ((n0.`amount` = $p.v4 AND n0.`id` < $p.v3) OR (n0.`amount` < $p.v4)) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage`, n0.`amount`, n0.`id` LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`, n0.`amount`]) AS r0 }
RETURN r0

{
  "v0": 26,
  "v1": "MARK-cursor-id",
  "v2": 10000,
  "v3": "MARK-cursor-id",
  "v4": 125000,
  "v5": "CONTRACT_SENT"
}
