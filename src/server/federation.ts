import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";
import type { Context } from "../graphql/context.js";
import { makeApollo } from "./apollo.js";
import type { ServerOptions } from "./options.js";

/** The header with which a router proves that it is one. */
const HEADER = "x-gateway-secret";

/** The gateway as a federation subgraph. */
export interface FederationOptions {
  /** The plain schema, with `_service` and `_entities` besides. */
  readonly schema: GraphQLSchema;
  /** SHA-256 of the routers' secret, in lower-case hex; null makes everybody a router. */
  readonly secretSha256: string | null;
}

/**
 * Makes the check that tells routers from other clients.
 *
 * To the others `_service` and `_entities` do not exist: a wrong secret is told no more than none.
 */
export function makeRouterCheck({
  secretSha256,
}: Pick<FederationOptions, "secretSha256">): (headers: IncomingHttpHeaders) => boolean {
  if (secretSha256 === null) return () => true;
  const wanted = Buffer.from(secretSha256, "hex");
  return ({ [HEADER]: secret }) =>
    typeof secret === "string" && timingSafeEqual(digestOf(secret), wanted);
}

// Node gives a header as Latin-1: one character a byte that was sent.
const digestOf = (secret: string): Buffer => createHash("sha256").update(secret, "latin1").digest();

/** The GraphQL servers: one for routers and one for other clients, where the gateway is a subgraph. */
export interface GraphqlServers {
  readonly plain: ApolloServer<Context>;
  readonly subgraph: ApolloServer<Context> | null;
  isRouter(headers: IncomingHttpHeaders): boolean;
  stop(): Promise<void>;
}

/** Starts a server of the plain schema, and one of the subgraph's. */
export async function startGraphql(options: ServerOptions): Promise<GraphqlServers> {
  const { federation } = options;
  const plain = makeApollo(options);
  const subgraph =
    federation === null ? null : makeApollo({ ...options, schema: federation.schema });
  await Promise.all([plain.start(), subgraph?.start()]);
  return {
    plain,
    subgraph,
    isRouter: federation === null ? () => false : makeRouterCheck(federation),
    stop: async () => void (await Promise.all([plain.stop(), subgraph?.stop()])),
  };
}
