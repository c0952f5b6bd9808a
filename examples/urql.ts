// Prints every backup, newest first, with urql. Graphcache joins the pages into one list.
//   npm install @urql/core @urql/exchange-graphcache graphql
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

interface Backups {
  edges: { node: { id: string; startedAt: string; status: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  complete: boolean;
}

// Graphcache needs all four fields of pageInfo.
const BACKUPS = gql<{ backups: Backups }, { after: string | null }>(`
  query Backups($after: String) {
    backups(first: 200, after: $after) {
      edges { cursor node { id startedAt status } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      complete
    }
  }
`);

const client = new Client({
  url: process.env.GATEWAY_URL ?? "http://127.0.0.1:4000/graphql",
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${process.env.GATEWAY_KEY ?? ""}` } },
  exchanges: [
    cacheExchange({ resolvers: { Query: { backups: relayPagination() } } }),
    fetchExchange,
  ],
});

let list: Backups | undefined;
do {
  const after = list?.pageInfo.endCursor ?? null;
  const { data, error } = await client.query(BACKUPS, { after });
  if (error) throw error;
  list = data?.backups;
} while (list?.pageInfo.hasNextPage);
for (const { node } of list?.edges ?? []) console.log(node.id, node.startedAt, node.status);
if (!list?.complete) console.error("Some sources are missing. Try again later.");
