// contact.dealTotal
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Contact` OR n0.`_type` = $p.label WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`CONTACT_DEAL`]-(n1) WITH {`sum_amount`: sum(n1.`amount`), `count_amount`: count(n1.`amount`)} AS f1 WITH {`sum_amount`: CASE WHEN f1.`count_amount` > $p.v0 THEN f1.`sum_amount` END} AS f1 RETURN f1.`sum_amount` }) AS found WITH n0, found WHERE (n0.`dealTotal` IS NULL) <> (found IS NULL) OR n0.`dealTotal` <> found OR (found IS NULL) <> (n0.`_u_dealTotal` IS NOT NULL) SET n0.`dealTotal` = found, n0.`_u_dealTotal` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": 0,
  "ids": [
    "a",
    "b"
  ],
  "label": "Contact"
}

// company.openValue
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE n1.`isClosed` = $p.v0 WITH {`sum_amount`: sum(n1.`amount`), `count_amount`: count(n1.`amount`)} AS f1 WITH {`sum_amount`: CASE WHEN f1.`count_amount` > $p.v1 THEN f1.`sum_amount` END} AS f1 RETURN f1.`sum_amount` }) AS found WITH n0, found WHERE (n0.`openValue` IS NULL) <> (found IS NULL) OR n0.`openValue` <> found OR (found IS NULL) <> (n0.`_u_openValue` IS NOT NULL) SET n0.`openValue` = found, n0.`_u_openValue` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": false,
  "v1": 0,
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.dealCount
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, COUNT { (n0)-[:`COMPANY_DEAL`]-() } AS found WITH n0, found WHERE (n0.`dealCount` IS NULL) <> (found IS NULL) OR n0.`dealCount` <> found OR (found IS NULL) <> (n0.`_u_dealCount` IS NOT NULL) SET n0.`dealCount` = found, n0.`_u_dealCount` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.meanAmount
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WITH {`sum_amount`: sum(n1.`amount`), `count_amount`: count(n1.`amount`)} AS f1 WITH {`avg_amount`: CASE WHEN f1.`count_amount` > $p.v0 THEN head([whole IN [(f1.`sum_amount` - (f1.`sum_amount` % f1.`count_amount` + f1.`count_amount`) % f1.`count_amount`) / f1.`count_amount`] | whole + CASE WHEN $p.v2 * (f1.`sum_amount` - whole * f1.`count_amount`) > f1.`count_amount` OR ($p.v2 * (f1.`sum_amount` - whole * f1.`count_amount`) = f1.`count_amount` AND whole % $p.v2 <> $p.v0) THEN $p.v1 ELSE $p.v0 END]) END} AS f1 RETURN f1.`avg_amount` }) AS found WITH n0, found WHERE (n0.`meanAmount` IS NULL) <> (found IS NULL) OR n0.`meanAmount` <> found OR (found IS NULL) <> (n0.`_u_meanAmount` IS NOT NULL) SET n0.`meanAmount` = found, n0.`_u_meanAmount` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": 0,
  "v1": 1,
  "v2": 2,
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.lastClose
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WITH {`max_closeDate`: max(n1.`closeDate`)} AS f1 RETURN f1.`max_closeDate` }) AS found WITH n0, found WHERE (n0.`lastClose` IS NULL) <> (found IS NULL) OR n0.`lastClose` <> found OR (found IS NULL) <> (n0.`_u_lastClose` IS NOT NULL) SET n0.`lastClose` = found, n0.`_u_lastClose` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.firstContact
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, head(COLLECT { OPTIONAL MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WITH {`min_createdAt`: min(datetime(n1.`createdAt`))} AS f1 RETURN f1.`min_createdAt` }) AS found WITH n0, found WHERE (n0.`firstContact` IS NULL) <> (found IS NULL) OR n0.`firstContact` <> found OR (found IS NULL) <> (n0.`_u_firstContact` IS NOT NULL) SET n0.`firstContact` = found, n0.`_u_firstContact` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.primaries
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, COUNT { (n0)<-[:`CONTACT_COMPANY__PRIMARY`]-() } AS found WITH n0, found WHERE (n0.`primaries` IS NULL) <> (found IS NULL) OR n0.`primaries` <> found OR (found IS NULL) <> (n0.`_u_primaries` IS NOT NULL) SET n0.`primaries` = found, n0.`_u_primaries` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.urgentDeals
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, COUNT { MATCH (n0)-[:`COMPANY_DEAL`]-(n1) WHERE EXISTS { MATCH (n1)-[:`DEAL_TICKET`]-(n2) WHERE n2.`priority` = $p.v0 } } AS found WITH n0, found WHERE (n0.`urgentDeals` IS NULL) <> (found IS NULL) OR n0.`urgentDeals` <> found OR (found IS NULL) <> (n0.`_u_urgentDeals` IS NOT NULL) SET n0.`urgentDeals` = found, n0.`_u_urgentDeals` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": "HIGH",
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.busyPeople
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, COUNT { MATCH (n0)-[:`CONTACT_COMPANY`]-(n1) WHERE ((COUNT { (n1)-[:`CONTACT_DEAL`]-() } >= $p.v0) OR EXISTS { MATCH (n1)-[:`CONTACT_TICKET`]-(n2) WHERE n2.`priority` = $p.v1 }) } AS found WITH n0, found WHERE (n0.`busyPeople` IS NULL) <> (found IS NULL) OR n0.`busyPeople` <> found OR (found IS NULL) <> (n0.`_u_busyPeople` IS NOT NULL) SET n0.`busyPeople` = found, n0.`_u_busyPeople` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": 2,
  "v1": "HIGH",
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}

// company.kinInBerlin
UNWIND $p.ids AS id MATCH (n0:Record {id: id}) WHERE n0:`Company` OR n0.`_type` = $p.label WITH n0, COUNT { MATCH (n0)-[:`COMPANY_COMPANY__PARENT`]->(n1) WHERE EXISTS { MATCH (n1)-[:`COMPANY_COMPANY`]-(n2) WHERE n2.`city` = $p.v0 } } AS found WITH n0, found WHERE (n0.`kinInBerlin` IS NULL) <> (found IS NULL) OR n0.`kinInBerlin` <> found OR (found IS NULL) <> (n0.`_u_kinInBerlin` IS NOT NULL) SET n0.`kinInBerlin` = found, n0.`_u_kinInBerlin` = CASE WHEN found IS NULL THEN true ELSE null END RETURN count(n0)

{
  "v0": "Berlin",
  "ids": [
    "a",
    "b"
  ],
  "label": "Company"
}
