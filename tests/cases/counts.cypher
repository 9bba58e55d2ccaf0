CALL () { MATCH (n0:`Contact`) RETURN count(n0) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`email` IS NOT NULL AND n0.`id` IS NOT NULL RETURN count(n0) AS r1 }
CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COUNT { (n0)-[:`CONTACT_COMPANY`]-() }, COUNT { (n0)<-[:`CONTACT_COMPANY__BILLING`]-() }, COUNT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE n1.`stage` = $p.v1 }]) AS r2 }
RETURN r0, r1, r2

{
  "v0": 25,
  "v1": "CLOSED_WON"
}
