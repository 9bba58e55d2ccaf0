CALL () { MATCH (n0:`Deal`) WHERE n0.`isWon` = $p.v0 AND n0.`id` IS NOT NULL OPTIONAL MATCH (n0)<-[:`COMPANY_DEAL__PRIMARY`]-(n1) OPTIONAL MATCH (n0)-[:`CONTACT_DEAL`]-(n2) WITH DISTINCT n0, n1.`industry` AS key_a, CASE WHEN n0.`closedAt` IS NOT NULL THEN toString(date.truncate($p.v2, date(datetime({datetime: datetime(n0.`closedAt`), timezone: $p.v1})))) END AS key_b, n2.`id` AS key_c, n1.`country` AS key_d WITH DISTINCT key_a, key_b, key_c, key_d RETURN count(*) AS r0 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`isWon` = $p.v0 AND n0.`id` IS NOT NULL OPTIONAL MATCH (n0)<-[:`COMPANY_DEAL__PRIMARY`]-(n3) OPTIONAL MATCH (n0)-[:`CONTACT_DEAL`]-(n4) WITH DISTINCT n0, n3.`industry` AS key_a, CASE WHEN n0.`closedAt` IS NOT NULL THEN toString(date.truncate($p.v2, date(datetime({datetime: datetime(n0.`closedAt`), timezone: $p.v1})))) END AS key_b, n4.`id` AS key_c, n3.`country` AS key_d WITH key_a, key_b, key_c, key_d, [count(n0), sum(n0.`amount`), count(n0.`amount`)] AS figures WITH key_a, key_b, key_c, key_d, figures ORDER BY key_a IS NULL, key_a, key_b IS NULL, key_b, key_c IS NULL, key_c, key_d IS NULL, key_d LIMIT $p.v3 RETURN collect([key_a, key_b, key_c, key_d, figures, $p.v1]) AS r1 }
CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v4 RETURN collect([head(COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n5) OPTIONAL MATCH (n5)<-[:`COMPANY_DEAL__PRIMARY`]-(n6) WITH DISTINCT n5, n6.`name` AS key_a WITH key_a, count(n5) AS figures, {`count`: count(n5)} AS f5 WHERE f5.`count` > $p.v6 WITH key_a RETURN count(*) }), COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n7) OPTIONAL MATCH (n7)<-[:`COMPANY_DEAL__PRIMARY`]-(n8) WITH DISTINCT n7, n8.`name` AS key_a WITH key_a, [count(n7)] AS figures, {`count`: count(n7)} AS f7 WHERE f7.`count` > $p.v6 WITH key_a, figures ORDER BY key_a IS NULL, key_a LIMIT $p.v7 RETURN [key_a, figures, $p.v5] }]) AS r2 }
RETURN r0, r1, r2

{
  "v0": true,
  "v1": "Europe/Berlin",
  "v2": "month",
  "v3": 25,
  "v4": 25,
  "v5": "UTC",
  "v6": 1,
  "v7": 25
}
