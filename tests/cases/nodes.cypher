CALL () { MATCH (n0:`Record`) WHERE n0.`id` IN $p.v0 RETURN collect([n0.`id`, CASE WHEN n0:`Contact` THEN [0, [n0.`id`, n0.`firstName`, n0.`lastName`, n0.`email`, n0.`phone`]] WHEN n0:`Company` THEN [1, [n0.`id`, n0.`name`, n0.`domain`]] WHEN n0:`Deal` THEN [2, [n0.`id`, n0.`name`]] WHEN n0:`Ticket` THEN [3, [n0.`id`, n0.`subject`]] WHEN n0:`Lead` THEN [4, [n0.`id`, n0.`name`]] WHEN n0:`MarketingEvent` THEN [5, [n0.`id`, n0.`name`]] WHEN n0:`Campaign` THEN [6, [n0.`id`, n0.`name`]] WHEN n0:`Note` THEN [7, [n0.`id`, n0.`title`]] WHEN n0:`Communication` THEN [8, [n0.`id`, n0.`title`, n0.`sender`]] WHEN n0:`Call` THEN [9, [n0.`id`, n0.`title`]] WHEN n0:`Meeting` THEN [10, [n0.`id`, n0.`title`]] WHEN n0:`Email` THEN [11, [n0.`id`, n0.`subject`, n0.`fromAddress`]] WHEN n0:`Task` THEN [12, [n0.`id`, n0.`title`]] WHEN n0:`Conversation` THEN [13, [n0.`id`, n0.`subject`]] WHEN n0:`Product` THEN [14, [n0.`id`, n0.`name`, n0.`sku`]] WHEN n0:`LineItem` THEN [15, [n0.`id`, n0.`name`, n0.`sku`]] WHEN n0:`Cart` THEN [16, [n0.`id`, n0.`name`]] WHEN n0:`Order` THEN [17, [n0.`id`, n0.`name`, n0.`orderNumber`]] WHEN n0:`Quote` THEN [18, [n0.`id`, n0.`title`, n0.`quoteNumber`]] WHEN n0:`Invoice` THEN [19, [n0.`id`, n0.`invoiceNumber`, n0.`title`]] WHEN n0:`Subscription` THEN [20, [n0.`id`, n0.`name`]] WHEN n0:`Payment` THEN [21, [n0.`id`, n0.`reference`]] END]) AS r0 }
RETURN r0

{
  "v0": [
    "MARK-1",
    "MARK-2"
  ]
}
