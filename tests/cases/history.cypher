CALL () { CALL () { MATCH (n0:`Record` {id: $p.v0}) RETURN n0 UNION ALL MATCH (:`_Key` {k: $p.v1})-[:`OF`]->(n0:`Record`) RETURN n0 } WITH n0 WHERE n0:`Deal` OR n0.`_type` = $p.v2 RETURN collect([[COLLECT { MATCH (h:`_Change`) WHERE h.`of` = n0.`id` AND (h.`at` < $p.v3 OR (h.`at` = $p.v3 AND h.`id` <= $p.v4)) AND any(name IN h.`props` WHERE name IN $p.v6) WITH h ORDER BY h.`at` DESC, h.`id` DESC LIMIT $p.v7 RETURN [h.`at`, h.`id`, h.`rev`, h.`by`, h.`source`, h.`props`, h.`data`, CASE WHEN h.`id` = $p.v4 THEN $p.v5 END] }, true, $p.v6], COLLECT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WITH n1 ORDER BY n1.`id` LIMIT $p.v8 RETURN [n1.`name`, [COLLECT { MATCH (h:`_Change`) WHERE h.`of` = n1.`id` WITH h ORDER BY h.`at` DESC, h.`id` DESC LIMIT $p.v9 RETURN [h.`at`, h.`id`, h.`rev`, h.`by`, h.`source`, h.`props`, h.`data`, null] }, false, null]] }]) AS r0 }
RETURN r0

{
  "v0": "11111111111111111111111111111111",
  "v1": "id:11111111111111111111111111111111",
  "v2": "Deal",
  "v3": 1795586487332777,
  "v4": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "v5": "stage",
  "v6": [
    "stage",
    "amount"
  ],
  "v7": 7,
  "v8": 2,
  "v9": 12
}
