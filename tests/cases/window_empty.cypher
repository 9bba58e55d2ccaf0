CALL () { MATCH (n0:`Deal`) WHERE false AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` DESC LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
RETURN r0

{
  "v0": 3,
  "v1": "MARK-cursor-id",
  "v2": "MARK-cursor-id",
  "v3": 5
}
