CALL () { MATCH (:`_Key` {k: $p.v0})-[:`OF`]->(n0:`Company`) RETURN collect([n0.`name`, COLLECT { MATCH (n0)-[e1:`CONTACT_COMPANY`]-(n1) WITH n0, n1, e1 ORDER BY n1.`id` LIMIT $p.v1 RETURN [e1.`labels`, n1.`email`, COLLECT { MATCH (n1)-[:`CONTACT_COMPANY__PRIMARY`]->(n2) RETURN [COLLECT { MATCH (n2)-[:`COMPANY_DEAL`]-(n3) WITH n3 ORDER BY n3.`id` LIMIT $p.v2 RETURN [n3.`name`] }] }] }]) AS r0 }
CALL () { CALL () { MATCH (n0:`Record` {id: $p.v3}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v4})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 RETURN collect([CASE WHEN n0:`Contact` OR n0.`_type` = $p.v5 THEN [0, []] WHEN n0:`Company` OR n0.`_type` = $p.v6 THEN [1, [COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n4) WITH n4 ORDER BY n4.`id` LIMIT $p.v7 RETURN [COLLECT { MATCH (n4)-[:`CONTACT_COMPANY`]-(n5) WITH n5 ORDER BY n5.`id` LIMIT $p.v8 RETURN [n5.`name`] }] }]] WHEN n0:`Deal` OR n0.`_type` = $p.v9 THEN [2, []] WHEN n0:`Ticket` OR n0.`_type` = $p.v10 THEN [3, []] WHEN n0:`Lead` OR n0.`_type` = $p.v11 THEN [4, []] WHEN n0:`MarketingEvent` OR n0.`_type` = $p.v12 THEN [5, []] WHEN n0:`Campaign` OR n0.`_type` = $p.v13 THEN [6, []] WHEN n0:`Note` OR n0.`_type` = $p.v14 THEN [7, []] WHEN n0:`Communication` OR n0.`_type` = $p.v15 THEN [8, []] WHEN n0:`Call` OR n0.`_type` = $p.v16 THEN [9, []] WHEN n0:`Meeting` OR n0.`_type` = $p.v17 THEN [10, []] WHEN n0:`Email` OR n0.`_type` = $p.v18 THEN [11, []] WHEN n0:`Task` OR n0.`_type` = $p.v19 THEN [12, []] WHEN n0:`Conversation` OR n0.`_type` = $p.v20 THEN [13, []] WHEN n0:`Product` OR n0.`_type` = $p.v21 THEN [14, []] WHEN n0:`LineItem` OR n0.`_type` = $p.v22 THEN [15, []] WHEN n0:`Cart` OR n0.`_type` = $p.v23 THEN [16, []] WHEN n0:`Order` OR n0.`_type` = $p.v24 THEN [17, []] WHEN n0:`Quote` OR n0.`_type` = $p.v25 THEN [18, []] WHEN n0:`Invoice` OR n0.`_type` = $p.v26 THEN [19, []] WHEN n0:`Subscription` OR n0.`_type` = $p.v27 THEN [20, []] WHEN n0:`Payment` OR n0.`_type` = $p.v28 THEN [21, []] END]) AS r1 }
RETURN r0, r1

{
  "v0": "company.domain:mark.example",
  "v1": 10,
  "v2": 10,
  "v3": "MARK-1",
  "v4": "id:MARK-1",
  "v5": "Contact",
  "v6": "Company",
  "v7": 10,
  "v8": 10,
  "v9": "Deal",
  "v10": "Ticket",
  "v11": "Lead",
  "v12": "MarketingEvent",
  "v13": "Campaign",
  "v14": "Note",
  "v15": "Communication",
  "v16": "Call",
  "v17": "Meeting",
  "v18": "Email",
  "v19": "Task",
  "v20": "Conversation",
  "v21": "Product",
  "v22": "LineItem",
  "v23": "Cart",
  "v24": "Order",
  "v25": "Quote",
  "v26": "Invoice",
  "v27": "Subscription",
  "v28": "Payment"
}
