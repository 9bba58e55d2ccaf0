// @neo4j/graphql on Yoga over the same graph: its types are our object types, its relationships our base ones.
// NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD and PORT are in the environment.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const typeDefs = `#graphql
type Labelled @relationshipProperties { labels: [String!] }
type Contact @node {
  id: ID! @id email: String firstName: String lastName: String lifecycleStage: String owner: String score: Float
  jobTitle: String city: String
  companies: [Company!]! @relationship(type: "CONTACT_COMPANY", direction: OUT, properties: "Labelled")
}
type Company @node {
  id: ID! name: String domain: String industry: String employees: Int
  contacts: [Contact!]! @relationship(type: "CONTACT_COMPANY", direction: IN, properties: "Labelled")
  deals: [Deal!]! @relationship(type: "COMPANY_DEAL", direction: OUT, properties: "Labelled")
}
type Deal @node {
  id: ID! name: String amount: Float stage: String
  companies: [Company!]! @relationship(type: "COMPANY_DEAL", direction: IN, properties: "Labelled")
  tickets: [Ticket!]! @relationship(type: "DEAL_TICKET", direction: OUT)
}
type Ticket @node {
  id: ID! subject: String stage: String priority: String
  deals: [Deal!]! @relationship(type: "DEAL_TICKET", direction: IN)
}
# The library has no upsert; its documentation has a Cypher of one's own in such a place.
type Mutation {
  upsertContact(
    email: String! firstName: String lastName: String jobTitle: String city: String lifecycleStage: String
  ): Contact @cypher(columnName: "n", statement: """
    MERGE (n:Contact {email: $email}) ON CREATE SET n.id = randomUUID()
    SET n.firstName = $firstName, n.lastName = $lastName, n.jobTitle = $jobTitle, n.city = $city,
      n.lifecycleStage = $lifecycleStage
    RETURN n
  """)
}`;

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, PORT } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
createServer(createYoga({ schema, logging: false })).listen(Number(PORT), "127.0.0.1");
