/* Starts GraphiQL on the address that the page itself was read from. */
"use strict";

const FIRST_QUERY = `# Customers with their companies, the companies' deals and the deals' tickets.
# Ctrl-Enter runs the query, Ctrl-Space completes a name; the book icon on the left opens the documentation.
query FirstLook {
  contacts(first: 5, where: {lifecycleStage: {eq: CUSTOMER}}) {
    totalCount
    nodes {
      displayName
      email
      companies(first: 3) {
        nodes {
          name
          deals(first: 3, orderBy: [{amount: DESC}]) {
            nodes {
              name
              amount
              stage
              tickets(first: 3) {
                nodes {
                  subject
                  priority
                }
              }
            }
          }
        }
      }
    }
  }
}
`;

const root = ReactDOM.createRoot(document.getElementById("graphiql"));
root.render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultQuery: FIRST_QUERY,
    defaultEditorToolsVisibility: "variables",
    shouldPersistHeaders: false,
  }),
);
