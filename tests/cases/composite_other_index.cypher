CALL () { CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v1 AND n0.`owner` = $p.v2 AND n0.`closeDate` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`closeDate` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v1 AND n0.`owner` = $p.v2 AND n0.`closeDate` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`, toString(n0.`closeDate`)]) AS r0 }
RETURN r0

{
  "v0": 26,
  "v1": "CONTRACT_SENT",
  "v2": "MARK"
}
