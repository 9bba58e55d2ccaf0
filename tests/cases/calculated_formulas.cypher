CALL () { MATCH (n0:`Company`) WHERE head([n4 IN [head([n1 IN [head([n2 IN [n0.`annualRevenue`] | head([n3 IN [n0.`employees`] WHERE abs(toFloat(n2) * n3) < $p.v0 | n2 * n3])])] WHERE n1 >= $p.v1 AND n1 <= $p.v2 | n1]) - $p.v3] WHERE n4 >= $p.v1 AND n4 <= $p.v2 | n4]) >= $p.v4 AND n0.`id` IS NOT NULL WITH n0, CASE WHEN (coalesce(n0.`employees` > $p.v5, $p.v6) OR (NOT coalesce(n0.`listed`, $p.v6))) THEN $p.v7 ELSE toLower(n0.`name`) END AS `n0_size`, round(head([n7 IN [head([n8 IN [$p.v8] | head([n9 IN [toFloat(n0.`employees`)] WHERE n9 <> $p.v9 | n8 / n9])])] WHERE n7 >= $p.v10 AND n7 <= $p.v11 | n7]), $p.v12) AS `n0_ratio` WITH n0, `n0_size`, `n0_ratio` ORDER BY `n0_size` IS NULL, `n0_size`, `n0_ratio` IS NULL, `n0_ratio` DESC, n0.`id` LIMIT $p.v13 RETURN collect([n0.`name`, CASE WHEN (coalesce(n0.`employees` > $p.v5, $p.v6) OR (NOT coalesce(n0.`listed`, $p.v6))) THEN $p.v7 ELSE toLower(n0.`name`) END, round(head([n10 IN [head([n11 IN [$p.v8] | head([n12 IN [toFloat(n0.`employees`)] WHERE n12 <> $p.v9 | n11 / n12])])] WHERE n10 >= $p.v10 AND n10 <= $p.v11 | n10]), $p.v12), head([n16 IN [head([n13 IN [head([n14 IN [n0.`annualRevenue`] | head([n15 IN [n0.`employees`] WHERE abs(toFloat(n14) * n15) < $p.v0 | n14 * n15])])] WHERE n13 >= $p.v1 AND n13 <= $p.v2 | n13]) - $p.v3] WHERE n16 >= $p.v1 AND n16 <= $p.v2 | n16]), `n0_size`, `n0_ratio`, n0.`id`]) AS r0 }
CALL () { MATCH (n0:`Contact`) WHERE EXISTS { MATCH (n0)-[:`CONTACT_COMPANY`]-(n19) WHERE (CASE WHEN (coalesce(n19.`employees` > $p.v5, $p.v6) OR (NOT coalesce(n19.`listed`, $p.v6))) THEN $p.v7 ELSE toLower(n19.`name`) END IS NULL OR NOT (CASE WHEN (coalesce(n19.`employees` > $p.v5, $p.v6) OR (NOT coalesce(n19.`listed`, $p.v6))) THEN $p.v7 ELSE toLower(n19.`name`) END = $p.v15)) } AND n0.`id` IS NOT NULL WITH n0 ORDER BY n0.`id` LIMIT $p.v14 RETURN collect([(n0.`firstName` + $p.v16 + coalesce(n0.`lastName`, $p.v15)), duration.inDays(date(datetime(n0.`lastContactedAt`)), n0.`birthDate`).days]) AS r1 }
RETURN r0, r1

{
  "v0": 1e+17,
  "v1": -9999999999999999,
  "v2": 9999999999999999,
  "v3": 15000,
  "v4": 770000,
  "v5": 250,
  "v6": false,
  "v7": "large",
  "v8": 1.0,
  "v9": 0,
  "v10": -1.7976931348623157e+308,
  "v11": 1.7976931348623157e+308,
  "v12": 2,
  "v13": 6,
  "v14": 25,
  "v15": "MARK",
  "v16": " "
}
