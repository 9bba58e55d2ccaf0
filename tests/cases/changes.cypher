CALL () { OPTIONAL MATCH (log:`_Log` {key: $p.v0}) WITH coalesce(log.`n`, $p.v1) AS head, coalesce(log.`first`, $p.v2) AS first WITH head, first, $p.v3 AS after WITH head, first, after, CASE WHEN head < after + $p.v8 THEN head ELSE after + $p.v8 END AS until RETURN [head, first, after, until, COLLECT { UNWIND range(after + $p.v2, until) AS k OPTIONAL MATCH (c:`_Change` {seq: k}) WITH c, k WHERE c IS NULL OR (c.`type` IN $p.v5 AND (c.`farType` IS NULL OR c.`farType` IN $p.v5) AND (c.`type` IN $p.v6 OR c.`farType` IN $p.v6) AND c.`kind` IN $p.v7) WITH c, k ORDER BY k LIMIT $p.v4 RETURN [k, c.`kind`, c.`type`, c.`record`, c.`rev`, c.`at`, c.`by`, c.`source`, c.`props`, c.`data`, c.`farType`, c.`far`, c.`labels`, c.`labelsBefore`, null] }, COLLECT { MATCH (fold:`_Fold` {key: $p.v9}) RETURN fold.`n` }] AS r0 }
CALL () { OPTIONAL MATCH (log:`_Log` {key: $p.v0}) WITH coalesce(log.`n`, $p.v1) AS head, coalesce(log.`first`, $p.v2) AS first WITH head, first, first - $p.v2 AS after WITH head, first, after, CASE WHEN head < after + $p.v10 THEN head ELSE after + $p.v10 END AS until RETURN [head, first, after, until, COLLECT { UNWIND range(after + $p.v2, until) AS k OPTIONAL MATCH (c:`_Change` {seq: k}) WITH c, k WHERE c IS NULL OR (c.`type` IN $p.v5 AND (c.`farType` IS NULL OR c.`farType` IN $p.v5)) WITH c, k ORDER BY k LIMIT $p.v10 RETURN [k, c.`kind`, c.`type`, c.`record`, c.`rev`, c.`at`, c.`by`, c.`source`, c.`props`, c.`data`, c.`farType`, c.`far`, c.`labels`, c.`labelsBefore`, head(COLLECT { MATCH (n1:`Record` {`id`: c.`record`}) RETURN [CASE WHEN n1:`Contact` THEN [0, [n1.`email`]] WHEN n1:`Company` THEN [1, []] WHEN n1:`Deal` THEN [2, [n1.`amount`]] WHEN n1:`Ticket` THEN [3, []] WHEN n1:`Lead` THEN [4, []] WHEN n1:`MarketingEvent` THEN [5, []] WHEN n1:`Campaign` THEN [6, []] WHEN n1:`Note` THEN [7, []] WHEN n1:`Communication` THEN [8, []] WHEN n1:`Call` THEN [9, []] WHEN n1:`Meeting` THEN [10, []] WHEN n1:`Email` THEN [11, []] WHEN n1:`Task` THEN [12, []] WHEN n1:`Conversation` THEN [13, []] WHEN n1:`Product` THEN [14, []] WHEN n1:`LineItem` THEN [15, []] WHEN n1:`Cart` THEN [16, []] WHEN n1:`Order` THEN [17, []] WHEN n1:`Quote` THEN [18, []] WHEN n1:`Invoice` THEN [19, []] WHEN n1:`Subscription` THEN [20, []] WHEN n1:`Payment` THEN [21, []] END] })] }, COLLECT { MATCH (fold:`_Fold` {key: $p.v9}) RETURN fold.`n` }] AS r1 }
RETURN r0, r1

{
  "v0": "log",
  "v1": 0,
  "v2": 1,
  "v3": 41,
  "v4": 4,
  "v5": [
    "contact",
    "company",
    "deal",
    "ticket",
    "lead",
    "marketing_event",
    "campaign",
    "note",
    "communication",
    "call",
    "meeting",
    "email",
    "task",
    "conversation",
    "product",
    "line_item",
    "cart",
    "order",
    "quote",
    "invoice",
    "subscription",
    "payment"
  ],
  "v6": [
    "contact",
    "deal"
  ],
  "v7": [
    "CREATED",
    "ASSOCIATED"
  ],
  "v8": 1000,
  "v9": "roll-ups",
  "v10": 26
}
