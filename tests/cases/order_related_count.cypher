CALL () { MATCH (n0:`Contact`) WHERE n0.`id` IS NOT NULL WITH n0, COUNT { (n0)-[:`CONTACT_COMPANY`]-() } AS `n0_companies_count` WHERE ((`n0_companies_count` = $p.v1 AND n0.`lastName` = $p.v2 AND n0.`id` < $p.v0) OR (`n0_companies_count` = $p.v1 AND n0.`lastName` > $p.v2) OR (`n0_companies_count` = $p.v1 AND n0.`lastName` IS NULL) OR (`n0_companies_count` < $p.v1)) WITH n0, `n0_companies_count` ORDER BY `n0_companies_count` DESC, n0.`lastName` IS NULL, n0.`lastName`, n0.`id` DESC LIMIT $p.v3 RETURN collect([`n0_companies_count`, n0.`lastName`, n0.`id`]) AS r0 }
RETURN r0

{
  "v0": "MARK-cursor-id",
  "v1": 2,
  "v2": "MARK-name",
  "v3": 25
}
