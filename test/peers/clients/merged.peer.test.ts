import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BackupPageDocument, type BackupPageQuery } from "../../generated/graphql.js";
import { introspection } from "./introspection.js";
import { serveGateway, type Served } from "../served.js";

type List = NonNullable<BackupPageQuery["backups"]>;

/** One list of many pages, as a client keeps it. */
interface Merged {
  /** Reads one more page and returns everything read so far. */
  pageAfter(after: string | null): Promise<List>;
}

const PAGE = {
  first: 25,
  filter: { triggers: ["AUTOMATIC" as const, "MANUAL" as const, "UNKNOWN" as const] },
};

function byApolloClient(uri: string): Merged {
  const backups = relayStylePagination(["filter", "orderBy"]);
  const client = new ApolloClient({
    link: new HttpLink({ uri }),
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { backups } } } }),
  });
  const query = BackupPageDocument;
  return {
    pageAfter: async (after) => {
      const variables = { ...PAGE, after };
      await client.query({ query, variables, fetchPolicy: "network-only" });
      return client.readQuery({ query, variables: PAGE })!.backups!;
    },
  };
}

function byUrql(url: string): Merged {
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspection as never,
        // Issues belong to their page; without this the client warns about them.
        keys: { SourceIssue: () => null },
        resolvers: { Query: { backups: relayPagination() } },
      }),
      fetchExchange,
    ],
  });
  return {
    pageAfter: async (after) => {
      const { data, error } = await client.query(BackupPageDocument, { ...PAGE, after });
      if (error) throw error;
      return data!.backups!;
    },
  };
}

let served: Served;
beforeEach(async () => {
  // 24 instances in eight regions of three clouds.
  served = await serveGateway({}, { estate: { instances: 6, backupsEach: 9 } });
});
afterEach(() => served.close());

const wanted = () =>
  served.clouds.estate
    .truth()
    .map(({ nativeId, startedAt }) => `${new Date(startedAt).toISOString()} ${nativeId}`);

const shown = ({ edges }: List) =>
  edges.map(({ node: { startedAt, nativeId } }) => `${startedAt} ${nativeId}`);

async function walk(list: Merged, from: string | null = null): Promise<List> {
  let all = await list.pageAfter(from);
  while (all.pageInfo.hasNextPage) all = await list.pageAfter(all.pageInfo.endCursor);
  return all;
}

describe.each([
  { client: "Apollo Client with relayStylePagination", open: byApolloClient },
  { client: "urql with relayPagination", open: byUrql },
])("$client", ({ open }) => {
  test("keeps one list of all pages, in order and without duplicates", async () => {
    const all = await walk(open(served.url));
    expect(all.complete).toBe(true);
    expect(shown(all).toSorted()).toEqual(wanted().toSorted());
    const starts = all.edges.map(({ node }) => node.startedAt);
    expect(starts).toEqual(starts.toSorted().toReversed());
    expect(all.edges.some(({ late }) => late)).toBe(false);
  });

  test("gets the pending rows of a failed cloud by continuing from the end", async () => {
    const { knobs } = served.clouds;
    const action = "DescribeInstanceBackups";
    knobs.faults.add({
      vendor: "tencent",
      action,
      // A refusal for good would owe nothing.
      effect: { kind: "vendorError", code: "AuthFailure.SignatureFailure" },
    });
    const list = open(served.url);
    const partial = await walk(list);
    expect(partial.complete).toBe(false);
    expect(partial.edges.length).toBeLessThan(wanted().length);
    knobs.reset();
    const all = await walk(list, partial.pageInfo.endCursor);
    expect(all.complete).toBe(true);
    expect(shown(all).toSorted()).toEqual(wanted().toSorted());
    const late = all.edges.filter((edge) => edge.late).map(({ node }) => node.provider?.key);
    expect(new Set(late)).toEqual(new Set(["demo-tencent/redis"]));
    expect(all.edges.slice(0, partial.edges.length)).toEqual(partial.edges);
  });
});
