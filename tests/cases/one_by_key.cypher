CALL () { MATCH (n0:`Contact`) WHERE n0.`id` = $p.v0 RETURN collect([n0.`email`]) AS r0 }
CALL () { MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Contact`) RETURN collect([n0.`email`]) AS r1 }
CALL () { MATCH (:`_Key` {k: $p.v2})-[:`OF`]->(n0:`Company`) RETURN collect([n0.`name`]) AS r2 }
CALL () { MATCH (:`_Key` {k: $p.v3})-[:`OF`]->(n0:`Deal`) RETURN collect([n0.`name`]) AS r3 }
RETURN r0, r1, r2, r3

{
  "v0": "MARK-1",
  "v1": "contact.email:mark@one.example",
  "v2": "company.domain:mark.example",
  "v3": "deal.externalId:MARK-9"
}
