CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v0 AND n0.`id` IS NOT NULL RETURN count(n0) AS r0 }
CALL () { MATCH (n0:`Deal`) WHERE n0.`stage` = $p.v0 AND n0.`id` IS NOT NULL RETURN [count(n0), count(n0.`amount`), sum(n0.`amount`), min(n0.`amount`), max(n0.`amount`), percentileDisc(n0.`amount`, $p.v1), -percentileDisc(-n0.`amount`, $p.v1), percentileDisc(n0.`amount`, $p.v2), percentileDisc(n0.`amount`, $p.v3), min(toString(n0.`closeDate`)), max(toString(n0.`closeDate`)), count(DISTINCT toString(n0.`closeDate`)), max(datetime(n0.`createdAt`).epochMillis), min(n0.`name`), count(DISTINCT n0.`stage`)] AS r1 }
CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v4 RETURN collect([n0.`name`, head(COLLECT { MATCH (n0)<-[:`CONTACT_COMPANY__BILLING`]-(n1) WHERE n1.`score` > $p.v5 RETURN [count(n1), sum(n1.`score`), count(n1.`score`)] }), head(COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n2) RETURN [count(n2), sum(n2.`amount`), count(n2.`amount`)] }), COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n3) WITH n3 ORDER BY n3.`id` LIMIT $p.v6 RETURN [n3.`name`] }]) AS r2 }
RETURN r0, r1, r2

{
  "v0": "CLOSED_WON",
  "v1": 0.5,
  "v2": 0.9,
  "v3": 0.1,
  "v4": 2,
  "v5": 1.0,
  "v6": 1
}
