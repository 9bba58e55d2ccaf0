CALL () { CALL () { MATCH (n0:`Deal`) WHERE n0.`amount` = $p.v2 AND n0.`id` > $p.v1 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`amount`, n0.`id` LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Deal`) WHERE n0.`amount` > $p.v2 AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`amount`, n0.`id` LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`amount`, n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 4,
  "v1": "MARK-cursor-id",
  "v2": 125000
}
