CALL () { MATCH (n0:`Contact`) WHERE EXISTS { MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WHERE n1.`name` = $p.v1 } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE NOT EXISTS { (n0)-[:`CONTACT_COMPANY`]-() } AND true AND (COUNT { (n0)-[:`CONTACT_TICKET`]-() } >= $p.v3) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v2 RETURN collect([n0.`id`]) AS r1 }
CALL () { MATCH (n0:`Company`) WHERE NOT EXISTS { MATCH (n0)-[:`COMPANY_DEAL__PRIMARY`]->(n2) WHERE n2.`amount` > $p.v5 AND (n2.`stage` IS NULL OR NOT (n2.`stage` = $p.v6)) } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v4 RETURN collect([n0.`id`]) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE NOT EXISTS { MATCH (n0)-[:`CONTACT_COMPANY__PRIMARY`]->(n3) WHERE n3.`industry` IS NOT NULL } AND n0.`id` IS NOT NULL RETURN count(n0) AS r3 }
CALL () { MATCH (n0:`Contact`) WHERE EXISTS { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n4), (n0)-[e4:`CONTACT_COMPANY`]-(n4) WHERE (e4.`createdAt` >= $p.v8 AND e4.`createdAt` < $p.v9) } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v7 RETURN collect([n0.`id`]) AS r4 }
CALL () { MATCH (n0:`Contact`) WHERE NOT (COUNT { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n5), (n0)-[e5:`CONTACT_COMPANY`]-(n5) WHERE n5.`name` STARTS WITH $p.v11 AND EXISTS { (n5)<-[:`COMPANY_COMPANY__PARENT`]-() } AND EXISTS { (n5)-[:`COMPANY_COMPANY__PARTNER`]-() } AND e5.`createdAt` > $p.v12 } = $p.v13) AND (COUNT { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n6), (n0)-[e6:`CONTACT_COMPANY`]-(n6) WHERE n6.`name` STARTS WITH $p.v11 AND EXISTS { (n6)<-[:`COMPANY_COMPANY__PARENT`]-() } AND EXISTS { (n6)-[:`COMPANY_COMPANY__PARTNER`]-() } AND e6.`createdAt` > $p.v12 } >= $p.v14 AND COUNT { MATCH (n0)-[:`CONTACT_COMPANY__BILLING`]->(n7), (n0)-[e7:`CONTACT_COMPANY`]-(n7) WHERE n7.`name` STARTS WITH $p.v11 AND EXISTS { (n7)<-[:`COMPANY_COMPANY__PARENT`]-() } AND EXISTS { (n7)-[:`COMPANY_COMPANY__PARTNER`]-() } AND e7.`createdAt` > $p.v12 } <= $p.v15) AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v10 RETURN collect([n0.`id`]) AS r5 }
CALL () { MATCH (n0:`Company`) WHERE EXISTS { MATCH (n0)-[:`COMPANY_DEAL`]-(n8) WHERE EXISTS { MATCH (n8)-[:`DEAL_TICKET`]-(n9) WHERE EXISTS { MATCH (n9)-[:`CONTACT_TICKET`]-(n10) WHERE (NOT (COUNT { (n10)-[:`CONTACT_COMPANY`]-() } = $p.v13)) } } } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v16 RETURN collect([n0.`id`]) AS r6 }
CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v17 RETURN collect([COUNT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n11) WHERE (EXISTS { (n11)-[:`CONTACT_CONTACT__MANAGER`]->() }) AND EXISTS { MATCH (n11)<-[:`CONTACT_CONTACT__MANAGER`]-(n12) WHERE n12.`email` IS NOT NULL } AND NOT EXISTS { (n11)-[:`CONTACT_CONTACT__COLLEAGUE`]-() } }, COLLECT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n13) WHERE (EXISTS { (n13)-[:`CONTACT_CONTACT__MANAGER`]->() }) AND EXISTS { MATCH (n13)<-[:`CONTACT_CONTACT__MANAGER`]-(n14) WHERE n14.`email` IS NOT NULL } AND NOT EXISTS { (n13)-[:`CONTACT_CONTACT__COLLEAGUE`]-() } WITH n13 ORDER BY n13.`id` LIMIT $p.v18 RETURN [n13.`id`] }]) AS r7 }
RETURN r0, r1, r2, r3, r4, r5, r6, r7

{
  "v0": 25,
  "v1": "MARK-n",
  "v2": 25,
  "v3": 2,
  "v4": 25,
  "v5": 77777700,
  "v6": "CLOSED_WON",
  "v7": 25,
  "v8": "2026-08-24 09:30:00+00:00",
  "v9": "2026-11-22 09:30:00+00:00",
  "v10": 25,
  "v11": "MARK-s",
  "v12": "2026-01-01 00:00:00+00:00",
  "v13": 77,
  "v14": 17,
  "v15": 71,
  "v16": 25,
  "v17": 25,
  "v18": 17
}
