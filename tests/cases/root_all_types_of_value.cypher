CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([toString(n0.`birthDate`), datetime(n0.`lastContactedAt`).epochMillis, n0.`buyingRole`, n0.`score`, n0.`age`, n0.`emailOptOut`, n0.`lifecycleStage`, datetime(n0.`createdAt`).epochMillis]) AS r0 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v1 RETURN collect([n0.`amount`, n0.`name`, n0.`id`, datetime(n0.`archivedAt`).epochMillis]) AS r1 }
CALL () { MATCH (n0:`Note`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v2 RETURN collect([n0.`attachments`]) AS r2 }
RETURN r0, r1, r2

{
  "v0": 2,
  "v1": 2,
  "v2": 1
}
