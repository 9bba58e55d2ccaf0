CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 RETURN collect([CASE WHEN n0:`Contact` OR n0.`_type` = $p.v2 THEN [0, [COLLECT { MATCH (n0)-[:`CONTACT_CONTACT`|`CONTACT_DEAL`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v3 RETURN [CASE WHEN n1:`Contact` THEN [0, [n1.`id`]] WHEN n1:`Deal` THEN [1, [n1.`id`]] END] }]] WHEN n0:`Company` OR n0.`_type` = $p.v4 THEN [1, [COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`|`COMPANY_DEAL`]-(n2) WITH n2 ORDER BY n2.`id` LIMIT $p.v3 RETURN [CASE WHEN n2:`Contact` THEN [0, [n2.`id`]] WHEN n2:`Deal` THEN [1, [n2.`id`]] END] }]] WHEN n0:`Deal` OR n0.`_type` = $p.v5 THEN [2, [COLLECT { MATCH (n0)-[:`CONTACT_DEAL`|`DEAL_DEAL`]-(n3) WITH n3 ORDER BY n3.`id` LIMIT $p.v3 RETURN [CASE WHEN n3:`Contact` THEN [0, [n3.`id`]] WHEN n3:`Deal` THEN [1, [n3.`id`]] END] }]] WHEN n0:`Ticket` OR n0.`_type` = $p.v6 THEN [3, [COLLECT { MATCH (n0)-[:`CONTACT_TICKET`|`DEAL_TICKET`]-(n4) WITH n4 ORDER BY n4.`id` LIMIT $p.v3 RETURN [CASE WHEN n4:`Contact` THEN [0, [n4.`id`]] WHEN n4:`Deal` THEN [1, [n4.`id`]] END] }]] WHEN n0:`Lead` OR n0.`_type` = $p.v7 THEN [4, [COLLECT { MATCH (n0)-[:`CONTACT_LEAD`|`DEAL_LEAD`]-(n5) WITH n5 ORDER BY n5.`id` LIMIT $p.v3 RETURN [CASE WHEN n5:`Contact` THEN [0, [n5.`id`]] WHEN n5:`Deal` THEN [1, [n5.`id`]] END] }]] WHEN n0:`MarketingEvent` OR n0.`_type` = $p.v8 THEN [5, [COLLECT { MATCH (n0)-[:`CONTACT_MARKETING_EVENT`]-(n6) WITH n6 ORDER BY n6.`id` LIMIT $p.v3 RETURN [CASE WHEN n6:`Contact` THEN [0, [n6.`id`]] END] }]] WHEN n0:`Campaign` OR n0.`_type` = $p.v9 THEN [6, [COLLECT { MATCH (n0)-[:`CONTACT_CAMPAIGN`|`DEAL_CAMPAIGN`]-(n7) WITH n7 ORDER BY n7.`id` LIMIT $p.v3 RETURN [CASE WHEN n7:`Contact` THEN [0, [n7.`id`]] WHEN n7:`Deal` THEN [1, [n7.`id`]] END] }]] WHEN n0:`Note` OR n0.`_type` = $p.v10 THEN [7, [COLLECT { MATCH (n0)-[:`CONTACT_NOTE`|`DEAL_NOTE`]-(n8) WITH n8 ORDER BY n8.`id` LIMIT $p.v3 RETURN [CASE WHEN n8:`Contact` THEN [0, [n8.`id`]] WHEN n8:`Deal` THEN [1, [n8.`id`]] END] }]] WHEN n0:`Communication` OR n0.`_type` = $p.v11 THEN [8, [COLLECT { MATCH (n0)-[:`CONTACT_COMMUNICATION`|`DEAL_COMMUNICATION`]-(n9) WITH n9 ORDER BY n9.`id` LIMIT $p.v3 RETURN [CASE WHEN n9:`Contact` THEN [0, [n9.`id`]] WHEN n9:`Deal` THEN [1, [n9.`id`]] END] }]] WHEN n0:`Call` OR n0.`_type` = $p.v12 THEN [9, [COLLECT { MATCH (n0)-[:`CONTACT_CALL`|`DEAL_CALL`]-(n10) WITH n10 ORDER BY n10.`id` LIMIT $p.v3 RETURN [CASE WHEN n10:`Contact` THEN [0, [n10.`id`]] WHEN n10:`Deal` THEN [1, [n10.`id`]] END] }]] WHEN n0:`Meeting` OR n0.`_type` = $p.v13 THEN [10, [COLLECT { MATCH (n0)-[:`CONTACT_MEETING`|`DEAL_MEETING`]-(n11) WITH n11 ORDER BY n11.`id` LIMIT $p.v3 RETURN [CASE WHEN n11:`Contact` THEN [0, [n11.`id`]] WHEN n11:`Deal` THEN [1, [n11.`id`]] END] }]] WHEN n0:`Email` OR n0.`_type` = $p.v14 THEN [11, [COLLECT { MATCH (n0)-[:`CONTACT_EMAIL`|`DEAL_EMAIL`]-(n12) WITH n12 ORDER BY n12.`id` LIMIT $p.v3 RETURN [CASE WHEN n12:`Contact` THEN [0, [n12.`id`]] WHEN n12:`Deal` THEN [1, [n12.`id`]] END] }]] WHEN n0:`Task` OR n0.`_type` = $p.v15 THEN [12, [COLLECT { MATCH (n0)-[:`CONTACT_TASK`|`DEAL_TASK`]-(n13) WITH n13 ORDER BY n13.`id` LIMIT $p.v3 RETURN [CASE WHEN n13:`Contact` THEN [0, [n13.`id`]] WHEN n13:`Deal` THEN [1, [n13.`id`]] END] }]] WHEN n0:`Conversation` OR n0.`_type` = $p.v16 THEN [13, [COLLECT { MATCH (n0)-[:`CONTACT_CONVERSATION`]-(n14) WITH n14 ORDER BY n14.`id` LIMIT $p.v3 RETURN [CASE WHEN n14:`Contact` THEN [0, [n14.`id`]] END] }]] WHEN n0:`Product` OR n0.`_type` = $p.v17 THEN [14, []] WHEN n0:`LineItem` OR n0.`_type` = $p.v18 THEN [15, [COLLECT { MATCH (n0)-[:`DEAL_LINE_ITEM`]-(n15) WITH n15 ORDER BY n15.`id` LIMIT $p.v3 RETURN [CASE WHEN n15:`Deal` THEN [0, [n15.`id`]] END] }]] WHEN n0:`Cart` OR n0.`_type` = $p.v19 THEN [16, [COLLECT { MATCH (n0)-[:`CONTACT_CART`|`DEAL_CART`]-(n16) WITH n16 ORDER BY n16.`id` LIMIT $p.v3 RETURN [CASE WHEN n16:`Contact` THEN [0, [n16.`id`]] WHEN n16:`Deal` THEN [1, [n16.`id`]] END] }]] WHEN n0:`Order` OR n0.`_type` = $p.v20 THEN [17, [COLLECT { MATCH (n0)-[:`CONTACT_ORDER`|`DEAL_ORDER`]-(n17) WITH n17 ORDER BY n17.`id` LIMIT $p.v3 RETURN [CASE WHEN n17:`Contact` THEN [0, [n17.`id`]] WHEN n17:`Deal` THEN [1, [n17.`id`]] END] }]] WHEN n0:`Quote` OR n0.`_type` = $p.v21 THEN [18, [COLLECT { MATCH (n0)-[:`CONTACT_QUOTE`|`DEAL_QUOTE`]-(n18) WITH n18 ORDER BY n18.`id` LIMIT $p.v3 RETURN [CASE WHEN n18:`Contact` THEN [0, [n18.`id`]] WHEN n18:`Deal` THEN [1, [n18.`id`]] END] }]] WHEN n0:`Invoice` OR n0.`_type` = $p.v22 THEN [19, [COLLECT { MATCH (n0)-[:`CONTACT_INVOICE`|`DEAL_INVOICE`]-(n19) WITH n19 ORDER BY n19.`id` LIMIT $p.v3 RETURN [CASE WHEN n19:`Contact` THEN [0, [n19.`id`]] WHEN n19:`Deal` THEN [1, [n19.`id`]] END] }]] WHEN n0:`Subscription` OR n0.`_type` = $p.v23 THEN [20, [COLLECT { MATCH (n0)-[:`CONTACT_SUBSCRIPTION`|`DEAL_SUBSCRIPTION`]-(n20) WITH n20 ORDER BY n20.`id` LIMIT $p.v3 RETURN [CASE WHEN n20:`Contact` THEN [0, [n20.`id`]] WHEN n20:`Deal` THEN [1, [n20.`id`]] END] }]] WHEN n0:`Payment` OR n0.`_type` = $p.v24 THEN [21, [COLLECT { MATCH (n0)-[:`CONTACT_PAYMENT`|`DEAL_PAYMENT`]-(n21) WITH n21 ORDER BY n21.`id` LIMIT $p.v3 RETURN [CASE WHEN n21:`Contact` THEN [0, [n21.`id`]] WHEN n21:`Deal` THEN [1, [n21.`id`]] END] }]] END]) AS r0 }
RETURN r0

{
  "v0": "MARK-1",
  "v1": "id:MARK-1",
  "v2": "Contact",
  "v3": 10,
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
