CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 WHERE n0:`Contact` OR n0.`_type` = $p.v2 RETURN collect([n0.`email`]) AS r0 }
CALL () { MATCH (:`_Key` {k: $p.v3})-[:`OF`]->(n0:`Contact`) RETURN collect([n0.`email`]) AS r1 }
CALL () { MATCH (:`_Key` {k: $p.v4})-[:`OF`]->(n0:`Company`) RETURN collect([n0.`name`]) AS r2 }
CALL () { MATCH (:`_Key` {k: $p.v5})-[:`OF`]->(n0:`Deal`) RETURN collect([n0.`name`]) AS r3 }
RETURN r0, r1, r2, r3

{
  "v0": "MARK-1",
  "v1": "id:MARK-1",
  "v2": "Contact",
  "v3": "contact.email:mark@one.example",
  "v4": "company.domain:mark.example",
  "v5": "deal.externalId:MARK-9"
}
