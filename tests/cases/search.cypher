CALL () { MATCH (n0:`Record`) WHERE n0.`_words` IS NOT NULL AND all(word IN $p.v0 WHERE n0.`_words` CONTAINS word) AND any(label IN labels(n0) WHERE label IN $p.v1) RETURN count(n0) AS r0 }
CALL () { MATCH (n0:`Record`) WHERE n0.`_words` IS NOT NULL AND all(word IN $p.v0 WHERE n0.`_words` CONTAINS word) AND any(label IN labels(n0) WHERE label IN $p.v1) WITH n0, toFloat(size([word IN $p.v2 WHERE n0.`_words` CONTAINS word])) / size($p.v2) + size([word IN $p.v0 WHERE n0.`_words` STARTS WITH word]) AS `n0_search_score` WITH n0, `n0_search_score` ORDER BY `n0_search_score` DESC, n0.`id` LIMIT $p.v3 RETURN collect([`n0_search_score`, n0.`id`, CASE WHEN n0:`Contact` THEN [0, [`n0_search_score`, n0.`firstName`, n0.`lastName`, n0.`email`, n0.`phone`, n0.`id`, COUNT { (n0)-[:`CONTACT_COMPANY`]-() }]] WHEN n0:`Company` THEN [1, [`n0_search_score`, n0.`name`, n0.`domain`, n0.`id`]] WHEN n0:`Deal` THEN [2, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`Ticket` THEN [3, [`n0_search_score`, n0.`subject`, n0.`id`]] WHEN n0:`Lead` THEN [4, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`MarketingEvent` THEN [5, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`Campaign` THEN [6, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`Note` THEN [7, [`n0_search_score`, n0.`title`, n0.`id`]] WHEN n0:`Communication` THEN [8, [`n0_search_score`, n0.`title`, n0.`sender`, n0.`id`]] WHEN n0:`Call` THEN [9, [`n0_search_score`, n0.`title`, n0.`id`]] WHEN n0:`Meeting` THEN [10, [`n0_search_score`, n0.`title`, n0.`id`]] WHEN n0:`Email` THEN [11, [`n0_search_score`, n0.`subject`, n0.`fromAddress`, n0.`id`]] WHEN n0:`Task` THEN [12, [`n0_search_score`, n0.`title`, n0.`id`]] WHEN n0:`Conversation` THEN [13, [`n0_search_score`, n0.`subject`, n0.`id`]] WHEN n0:`Product` THEN [14, [`n0_search_score`, n0.`name`, n0.`sku`, n0.`id`]] WHEN n0:`LineItem` THEN [15, [`n0_search_score`, n0.`name`, n0.`sku`, n0.`id`]] WHEN n0:`Cart` THEN [16, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`Order` THEN [17, [`n0_search_score`, n0.`name`, n0.`orderNumber`, n0.`id`]] WHEN n0:`Quote` THEN [18, [`n0_search_score`, n0.`title`, n0.`quoteNumber`, n0.`id`]] WHEN n0:`Invoice` THEN [19, [`n0_search_score`, n0.`invoiceNumber`, n0.`title`, n0.`id`]] WHEN n0:`Subscription` THEN [20, [`n0_search_score`, n0.`name`, n0.`id`]] WHEN n0:`Payment` THEN [21, [`n0_search_score`, n0.`reference`, n0.`id`]] END]) AS r1 }
CALL () { MATCH (n0:`Record`) WHERE n0.`_words` IS NOT NULL AND all(word IN $p.v4 WHERE n0.`_words` CONTAINS word) AND any(label IN labels(n0) WHERE label IN $p.v5) WITH n0, toFloat(size([word IN $p.v6 WHERE n0.`_words` CONTAINS word])) / size($p.v6) + size([word IN $p.v4 WHERE n0.`_words` STARTS WITH word]) AS `n0_search_score` WITH n0, `n0_search_score` ORDER BY `n0_search_score` DESC, n0.`id` LIMIT $p.v7 RETURN collect([`n0_search_score`, n0.`id`, CASE WHEN n0:`Deal` THEN [0, [n0.`id`]] END]) AS r2 }
RETURN r0, r1, r2

{
  "v0": [
    " zoe",
    " mull"
  ],
  "v1": [
    "Contact",
    "Company",
    "Deal",
    "Ticket",
    "Lead",
    "MarketingEvent",
    "Campaign",
    "Note",
    "Communication",
    "Call",
    "Meeting",
    "Email",
    "Task",
    "Conversation",
    "Product",
    "LineItem",
    "Cart",
    "Order",
    "Quote",
    "Invoice",
    "Subscription",
    "Payment"
  ],
  "v2": [
    " zoe ",
    " mull "
  ],
  "v3": 4,
  "v4": [
    " big"
  ],
  "v5": [
    "Deal"
  ],
  "v6": [
    " big "
  ],
  "v7": 25
}
