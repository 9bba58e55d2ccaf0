CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_COMPANY__PARENT`]->(n1) WHERE (COUNT { (n1)-[:`CONTACT_COMPANY`]-() } > $p.v0) AND (EXISTS { OPTIONAL MATCH (n1)-[:`COMPANY_NOTE`]-(n2) WHERE n2.`body` = $p.v1 WITH {`count`: count(n2)} AS f2 WHERE f2.`count` <= $p.v2 RETURN f2 }) WITH {`max_employees`: max(n1.`employees`)} AS f1 RETURN f1.`max_employees` }) AS `n0_childCompanies_max_employees` WITH n0, `n0_childCompanies_max_employees` ORDER BY `n0_childCompanies_max_employees` IS NULL, `n0_childCompanies_max_employees`, n0.`id` LIMIT $p.v3 RETURN collect([n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Company`) WHERE EXISTS { OPTIONAL MATCH (n0)-[:`CONTACT_COMPANY`]-(n3) WHERE EXISTS { MATCH (n3)-[:`CONTACT_COMPANY`]-(n4) WHERE (NOT EXISTS { OPTIONAL MATCH (n4)-[:`COMPANY_DEAL__PRIMARY`]->(n5), (n4)-[e5:`COMPANY_DEAL`]-(n5) WHERE e5.`createdAt` > $p.v5 WITH {`count`: count(n5)} AS f5 WHERE f5.`count` IN $p.v6 RETURN f5 }) } WITH {`count`: count(n3)} AS f3 WHERE f3.`count` >= $p.v7 RETURN f3 } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v4 RETURN collect([n0.`id`]) AS r1 }
RETURN r0, r1

{
  "v0": 71,
  "v1": "MARK-n",
  "v2": 17,
  "v3": 3,
  "v4": 25,
  "v5": "2026-01-01 00:00:00+00:00",
  "v6": [
    0,
    7
  ],
  "v7": 2
}
