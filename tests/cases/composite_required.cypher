CALL () { MATCH (n0:`Ticket`) USING INDEX n0:`Ticket`(`stage`, `createdAt`, `id`) WHERE (n0.`subject` CONTAINS $p.v1) AND n0.`stage` = $p.v2 AND n0.`createdAt` IS NOT NULL AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`stage` DESC, n0.`createdAt` DESC, n0.`id` DESC LIMIT $p.v0 RETURN collect([n0.`id`, datetime(n0.`createdAt`).epochMillis]) AS r0 }
RETURN r0

{
  "v0": 26,
  "v1": "MARK",
  "v2": "OPEN"
}
