import Fastify from "fastify";
import mercurius from "mercurius";
import type { PageJson } from "../queries.js";
import { given, tell } from "./given.js";
import { SDL } from "./sdl.js";

/*
 * Fastify with mercurius, every query compiled: the fastest of the known GraphQL servers.
 */
const page = given<PageJson>();

const app = Fastify();
await app.register(mercurius, {
  schema: SDL,
  resolvers: { Query: { backups: () => page } },
  jit: 1,
});
tell(`${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql`);
