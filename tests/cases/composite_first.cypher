CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v0 AND n0.`id` IS NOT NULL RETURN count(n0) AS r0 }
CALL () { CALL () { MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`) WHERE n0.`stage` = $p.v0 AND n0.`closeDate` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`closeDate` DESC, n0.`id` DESC LIMIT $p.v1 RETURN n0 UNION ALL MATCH (n0:`Deal`) USING INDEX n0:`Deal`(`stage`, `_u_closeDate`, `id`) WHERE n0.`stage` = $p.v0 AND n0.`_u_closeDate` = true AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`_u_closeDate` DESC, n0.`id` DESC LIMIT $p.v1 RETURN n0 } WITH n0 LIMIT $p.v1 RETURN collect([n0.`id`, toString(n0.`closeDate`)]) AS r1 }
RETURN r0, r1

{
  "v0": "CONTRACT_SENT",
  "v1": 26
}
