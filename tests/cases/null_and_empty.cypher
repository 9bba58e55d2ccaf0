CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IS NULL AND n0.`id` IS NOT NULL RETURN count(n0) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IS NOT NULL AND n0.`id` IS NOT NULL RETURN count(n0) AS r1 }
CALL () { MATCH (n0:`Contact`) WHERE n0.`jobTitle` IN $p.v0 AND n0.`id` IS NOT NULL RETURN count(n0) AS r2 }
CALL () { MATCH (n0:`Contact`) WHERE false AND n0.`id` IS NOT NULL RETURN count(n0) AS r3 }
CALL () { MATCH (n0:`Contact`) RETURN count(n0) AS r4 }
CALL () { MATCH (n0:`Contact`) WHERE false AND n0.`id` IS NOT NULL RETURN count(n0) AS r5 }
RETURN r0, r1, r2, r3, r4, r5

{
  "v0": []
}
