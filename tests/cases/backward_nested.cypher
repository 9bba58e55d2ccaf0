CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v0 RETURN collect([COLLECT { MATCH (n0)-[e1:`CONTACT_COMPANY`]-(n1) WHERE ((n1.`lastName` = $p.v2 AND n1.`id` < $p.v1) OR (n1.`lastName` < $p.v2)) WITH n0, n1, e1 ORDER BY n1.`lastName` IS NOT NULL, n1.`lastName` DESC, n1.`id` DESC LIMIT $p.v3 RETURN [n1.`lastName`, n1.`id`, e1.`labels`] }, COLLECT { MATCH (n0)<-[:`CONTACT_COMPANY__PRIMARY`]-(n2) WITH n2 ORDER BY n2.`id` DESC LIMIT $p.v4 RETURN [n2.`id`] }]) AS r0 }
RETURN r0

{
  "v0": 25,
  "v1": "MARK-cursor-id",
  "v2": "MARK-name",
  "v3": 2,
  "v4": 3
}
