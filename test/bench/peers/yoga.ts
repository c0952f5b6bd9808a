import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import type { PageJson } from "../queries.js";
import { given, listen } from "./given.js";
import { SDL } from "./sdl.js";

/*
 * GraphQL Yoga as on its first documentation page.
 */
const page = given<PageJson>();

const yoga = createYoga({
  schema: createSchema({ typeDefs: SDL, resolvers: { Query: { backups: () => page } } }),
  logging: false,
});
await listen(createServer((request, response) => void yoga(request, response)));
