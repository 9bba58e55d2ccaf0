CALL () { CALL () { MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `amount`, `id`) WHERE n0.`stage` = $p.v3 AND n0.`amount` = $p.v2 AND n0.`id` < $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`amount` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `amount`, `id`) WHERE n0.`stage` = $p.v3 AND n0.`amount` < $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`amount` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `_u_amount`, `id`) WHERE n0.`stage` = $p.v3 AND n0.`_u_amount` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`_u_amount` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`, n0.`amount`]) AS r0 }
RETURN r0

{
  "v0": 26,
  "v1": "MARK-cursor-id",
  "v2": 125000,
  "v3": "CONTRACT_SENT"
}
