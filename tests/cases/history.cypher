CALL () { MATCH (n0:`Deal`) WHERE n0.`id` = $p.v0 RETURN collect([[COLLECT { MATCH (h:`_Change`) WHERE h.`of` = n0.`id` AND (h.`at` < $p.v1 OR (h.`at` = $p.v1 AND h.`id` <= $p.v2)) AND any(name IN h.`props` WHERE name IN $p.v4) WITH h ORDER BY h.`at` DESC, h.`id` DESC LIMIT $p.v5 RETURN [h.`at`, h.`id`, h.`rev`, h.`by`, h.`source`, h.`props`, h.`data`, CASE WHEN h.`id` = $p.v2 THEN $p.v3 END] }, true, $p.v4], COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v6 RETURN [n1.`name`, [COLLECT { MATCH (h:`_Change`) WHERE h.`of` = n1.`id` WITH h ORDER BY h.`at` DESC, h.`id` DESC LIMIT $p.v7 RETURN [h.`at`, h.`id`, h.`rev`, h.`by`, h.`source`, h.`props`, h.`data`, null] }, false, null]] }]) AS r0 }
RETURN r0

{
  "v0": "11111111111111111111111111111111",
  "v1": 1795586487332777,
  "v2": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "v3": "stage",
  "v4": [
    "stage",
    "amount"
  ],
  "v5": 7,
  "v6": 2,
  "v7": 12
}
