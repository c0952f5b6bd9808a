import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { VENDORS } from "../../../src/domain/words.js";

/** The keys by which an inventory can know instances. */
export const KEYS = ["vendor", "providerKey"] as const;
export type Key = (typeof KEYS)[number];

/** A subgraph that knows who owns which instance, but none of the gateway's ids. */
export const inventorySdl = (key: Key): string => `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])

  ${key === "vendor" ? `enum Vendor { ${VENDORS.join(" ")} }` : ""}

  type Instance @key(fields: "${key} region nativeId") {
    ${key === "vendor" ? "vendor: Vendor!" : "providerKey: String!"}
    region: String!
    nativeId: String!
    owner: String
    team: String
  }

  type AssetConnection { nodes: [Instance]! pageInfo: PageInfo! }
  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  type Query {
    "Items may be null: an instance may be gone, or its cloud out of reach."
    assets(team: String): [Instance]!
    assetPage: AssetConnection!
  }
`;

/** One instance as in an inventory. */
export interface Asset {
  readonly vendor: string;
  readonly providerKey: string;
  readonly region: string;
  readonly nativeId: string;
  readonly owner: string;
  readonly team: string;
}

type AssetKey = Pick<Asset, Key | "region" | "nativeId">;

export interface Inventory {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the inventory on a free port. */
export async function serveInventory(assets: readonly Asset[], key: Key): Promise<Inventory> {
  const find = ({ region, nativeId, ...given }: AssetKey) =>
    assets.find((a) => a[key] === given[key] && a.region === region && a.nativeId === nativeId);
  const pageInfo = { hasNextPage: false, hasPreviousPage: false };
  const resolvers = {
    Query: {
      assets: (_: unknown, { team }: { team?: string }) =>
        assets.filter((asset) => team === undefined || asset.team === team),
      assetPage: () => ({ nodes: assets, pageInfo }),
    },
    Instance: {
      __resolveReference: (key: AssetKey) => ({ ...key, ...find(key) }),
    },
  };
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(inventorySdl(key)), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  return { url, close: () => server.stop() };
}
