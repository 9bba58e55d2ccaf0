CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 WHERE n0:`Company` OR n0.`_type` = $p.v2 RETURN collect([COUNT { (n0)-[:`COMPANY_NOTE`|`COMPANY_CALL`]-() }, COLLECT { MATCH (n0)-[e1:`COMPANY_NOTE`|`COMPANY_CALL`]-(n1) WHERE ((n1.`occurredAt` = $p.v4 AND n1.`id` < $p.v3) OR (n1.`occurredAt` < $p.v4) OR (n1.`occurredAt` IS NULL)) WITH n0, n1, e1 ORDER BY n1.`occurredAt` IS NULL, n1.`occurredAt` DESC, n1.`id` DESC LIMIT $p.v5 RETURN [datetime(n1.`occurredAt`).epochMillis, n1.`id`, CASE WHEN n1:`Note` THEN [0, [e1.`labels`, n1.`title`, n1.`id`]] WHEN n1:`Call` THEN [1, [e1.`labels`, n1.`title`, n1.`id`, n1.`direction`]] END] }]) AS r0 }
RETURN r0

{
  "v0": "MARK-1",
  "v1": "id:MARK-1",
  "v2": "Company",
  "v3": "MARK-cursor-id",
  "v4": "2025-01-01 00:00:00+00:00",
  "v5": 3
}
