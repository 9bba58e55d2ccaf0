CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 RETURN collect([CASE WHEN n0:`Contact` OR n0.`_type` = $p.v2 THEN [0, [n0.`id`, n0.`firstName`, n0.`lastName`, n0.`email`, n0.`phone`, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v3 RETURN [n1.`name`] }]] WHEN n0:`Company` OR n0.`_type` = $p.v4 THEN [1, [n0.`id`, n0.`name`, n0.`domain`]] WHEN n0:`Deal` OR n0.`_type` = $p.v5 THEN [2, [n0.`id`, n0.`name`, n0.`amount`]] WHEN n0:`Ticket` OR n0.`_type` = $p.v6 THEN [3, [n0.`id`, n0.`subject`]] WHEN n0:`Lead` OR n0.`_type` = $p.v7 THEN [4, [n0.`id`, n0.`name`]] WHEN n0:`MarketingEvent` OR n0.`_type` = $p.v8 THEN [5, [n0.`id`, n0.`name`]] WHEN n0:`Campaign` OR n0.`_type` = $p.v9 THEN [6, [n0.`id`, n0.`name`]] WHEN n0:`Note` OR n0.`_type` = $p.v10 THEN [7, [n0.`id`, n0.`title`]] WHEN n0:`Communication` OR n0.`_type` = $p.v11 THEN [8, [n0.`id`, n0.`title`, n0.`sender`]] WHEN n0:`Call` OR n0.`_type` = $p.v12 THEN [9, [n0.`id`, n0.`title`]] WHEN n0:`Meeting` OR n0.`_type` = $p.v13 THEN [10, [n0.`id`, n0.`title`]] WHEN n0:`Email` OR n0.`_type` = $p.v14 THEN [11, [n0.`id`, n0.`subject`, n0.`fromAddress`]] WHEN n0:`Task` OR n0.`_type` = $p.v15 THEN [12, [n0.`id`, n0.`title`]] WHEN n0:`Conversation` OR n0.`_type` = $p.v16 THEN [13, [n0.`id`, n0.`subject`]] WHEN n0:`Product` OR n0.`_type` = $p.v17 THEN [14, [n0.`id`, n0.`name`, n0.`sku`]] WHEN n0:`LineItem` OR n0.`_type` = $p.v18 THEN [15, [n0.`id`, n0.`name`, n0.`sku`]] WHEN n0:`Cart` OR n0.`_type` = $p.v19 THEN [16, [n0.`id`, n0.`name`]] WHEN n0:`Order` OR n0.`_type` = $p.v20 THEN [17, [n0.`id`, n0.`name`, n0.`orderNumber`]] WHEN n0:`Quote` OR n0.`_type` = $p.v21 THEN [18, [n0.`id`, n0.`title`, n0.`quoteNumber`]] WHEN n0:`Invoice` OR n0.`_type` = $p.v22 THEN [19, [n0.`id`, n0.`invoiceNumber`, n0.`title`]] WHEN n0:`Subscription` OR n0.`_type` = $p.v23 THEN [20, [n0.`id`, n0.`name`]] WHEN n0:`Payment` OR n0.`_type` = $p.v24 THEN [21, [n0.`id`, n0.`reference`]] END]) AS r0 }
RETURN r0

{
  "v0": "MARK-1",
  "v1": "id:MARK-1",
  "v2": "Contact",
  "v3": 1,
  "v4": "Company",
  "v5": "Deal",
  "v6": "Ticket",
  "v7": "Lead",
  "v8": "MarketingEvent",
  "v9": "Campaign",
  "v10": "Note",
  "v11": "Communication",
  "v12": "Call",
  "v13": "Meeting",
  "v14": "Email",
  "v15": "Task",
  "v16": "Conversation",
  "v17": "Product",
  "v18": "LineItem",
  "v19": "Cart",
  "v20": "Order",
  "v21": "Quote",
  "v22": "Invoice",
  "v23": "Subscription",
  "v24": "Payment"
}
