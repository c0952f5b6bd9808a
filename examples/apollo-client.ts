// Prints every backup, newest first, with Apollo Client and one growing list in its cache.
//   npm install @apollo/client graphql rxjs
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

interface Backups {
  edges: { node: { id: string; startedAt: string; status: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  complete: boolean;
}

const BACKUPS: TypedDocumentNode<{ backups: Backups }, { after?: string | null }> = gql(`
  query Backups($after: String) {
    backups(first: 200, after: $after) {
      edges { cursor node { id startedAt status } }
      pageInfo { hasNextPage endCursor }
      complete
    }
  }
`);

const uri = process.env.GATEWAY_URL ?? "http://127.0.0.1:4000/graphql";
const authorization = `Bearer ${process.env.GATEWAY_KEY ?? ""}`;
// A cursor belongs to one filter and order, so each combination has its own list.
const backups = relayStylePagination(["filter", "orderBy"]);
const client = new ApolloClient({
  link: new HttpLink({ uri, headers: { authorization } }),
  cache: new InMemoryCache({ typePolicies: { Query: { fields: { backups } } } }),
});

let { data } = await client.query({ query: BACKUPS });
while (data?.backups.pageInfo.hasNextPage) {
  const after = data.backups.pageInfo.endCursor;
  await client.query({ query: BACKUPS, variables: { after }, fetchPolicy: "network-only" });
  data = client.readQuery({ query: BACKUPS }) ?? undefined;
}
for (const { node } of data?.backups.edges ?? []) console.log(node.id, node.startedAt, node.status);
if (!data?.backups.complete) console.error("Some sources are missing. Try again later.");
