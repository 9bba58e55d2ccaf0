CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v0 AND n0.`id` IS NOT NULL WITH DISTINCT n0.`priority` AS key_a, CASE WHEN n0.`closedAt` IS NOT NULL THEN toString(date.truncate($p.v2, date(datetime({datetime: datetime(n0.`closedAt`), timezone: $p.v1})))) END AS key_b, CASE WHEN n0.`createdAt` IS NOT NULL THEN datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).epochMillis - (datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).minute * $p.v3 + datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).second * $p.v4 + datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).millisecond) END AS key_c, CASE WHEN n0.`closeDate` IS NOT NULL THEN toString(date.truncate($p.v5, n0.`closeDate`)) END AS key_d RETURN count(*) AS r0 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v0 AND n0.`id` IS NOT NULL WITH n0.`priority` AS key_a, CASE WHEN n0.`closedAt` IS NOT NULL THEN toString(date.truncate($p.v2, date(datetime({datetime: datetime(n0.`closedAt`), timezone: $p.v1})))) END AS key_b, CASE WHEN n0.`createdAt` IS NOT NULL THEN datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).epochMillis - (datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).minute * $p.v3 + datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).second * $p.v4 + datetime({datetime: datetime(n0.`createdAt`), timezone: $p.v1}).millisecond) END AS key_c, CASE WHEN n0.`closeDate` IS NOT NULL THEN toString(date.truncate($p.v5, n0.`closeDate`)) END AS key_d, [count(n0), sum(n0.`amount`), count(n0.`amount`)] AS figures WITH key_a, key_b, key_c, key_d, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b, key_c IS NULL, key_c, key_d IS NULL, key_d LIMIT $p.v6 RETURN collect([key_a, key_b, key_c, key_d, figures, $p.v1]) AS r1 }
CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v7 RETURN collect([head(COLLECT { MATCH (n0)-[:`COMPANY_TICKET`]-(n1) WITH DISTINCT n1.`priority` AS key_a, CASE WHEN n1.`createdAt` IS NOT NULL THEN toString(date(datetime({datetime: datetime(n1.`createdAt`), timezone: $p.v8}))) END AS key_b RETURN count(*) }), COLLECT { MATCH (n0)-[:`COMPANY_TICKET`]-(n2) WITH n2.`priority` AS key_a, CASE WHEN n2.`createdAt` IS NOT NULL THEN toString(date(datetime({datetime: datetime(n2.`createdAt`), timezone: $p.v8}))) END AS key_b, [count(n2)] AS figures WITH key_a, key_b, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b LIMIT $p.v9 RETURN [key_a, key_b, figures, $p.v8] }]) AS r2 }
RETURN r0, r1, r2

{
  "v0": "CLOSED_WON",
  "v1": "Europe/Berlin",
  "v2": "month",
  "v3": 60000,
  "v4": 1000,
  "v5": "quarter",
  "v6": 4,
  "v7": 2,
  "v8": "UTC",
  "v9": 25
}
