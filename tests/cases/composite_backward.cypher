CALL () { CALL () { MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `_u_closeDate`, `id`) WHERE n0.`stage` = $p.v1 AND n0.`_u_closeDate` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`_u_closeDate` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v1 AND n0.`closeDate` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`closeDate` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`, toString(n0.`closeDate`)]) AS r0 }
RETURN r0

{
  "v0": 6,
  "v1": "CONTRACT_SENT"
}
