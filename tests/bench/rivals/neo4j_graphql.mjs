// @neo4j/graphql on Yoga over the same graph: its types are our object types, its relationships our base ones.
// NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD and PORT are in the environment.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";

const typeDefs = `#graphql
type Labelled @relationshipProperties { labels: [String!] }
type Contact @node {
  id: ID! email: String firstName: String lastName: String lifecycleStage: String owner: String score: Float
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
}`;

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, PORT } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
createServer(createYoga({ schema, logging: false })).listen(Number(PORT), "127.0.0.1");
