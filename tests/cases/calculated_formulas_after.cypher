CALL () { MATCH (n0:`Company`) WHERE n0.`id` IS NOT NULL WITH n0, round(head([n1 IN [head([n2 IN [$p.v2] | head([n3 IN [toFloat(n0.`employees`)] WHERE n3 <> $p.v3 | n2 / n3])])] WHERE n1 >= $p.v4 AND n1 <= $p.v5 | n1]), $p.v6) AS `n0_ratio` WHERE ((`n0_ratio` = $p.v1 AND n0.`id` < $p.v0) OR (`n0_ratio` < $p.v1) OR (`n0_ratio` IS NULL)) WITH n0, `n0_ratio` ORDER BY `n0_ratio` IS NULL, `n0_ratio` DESC, n0.`id` DESC LIMIT $p.v7 RETURN collect([round(head([n4 IN [head([n5 IN [$p.v2] | head([n6 IN [toFloat(n0.`employees`)] WHERE n6 <> $p.v3 | n5 / n6])])] WHERE n4 >= $p.v4 AND n4 <= $p.v5 | n4]), $p.v6)]) AS r0 }
RETURN r0

{
  "v0": "MARK-cursor-id",
  "v1": 0.5,
  "v2": 1.0,
  "v3": 0,
  "v4": -1.7976931348623157e+308,
  "v5": 1.7976931348623157e+308,
  "v6": 2,
  "v7": 5
}
