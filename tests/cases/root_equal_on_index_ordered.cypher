CALL () { CALL () { MATCH (n0:`Contact`) WHERE n0.`owner` = $p.v1 AND n0.`lastName` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`lastName` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 UNION ALL MATCH (n0:`Contact`) WHERE n0.`owner` = $p.v1 AND n0.`lastName` IS NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`owner` DESC, n0.`id` DESC LIMIT $p.v0 RETURN n0 } WITH n0 LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "MARK-owner"
}
