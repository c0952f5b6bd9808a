import { readFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema } from "graphql";

const sdl = readFileSync(new URL("../../../schema/schema.graphql", import.meta.url), "utf8");

/** The committed schema in the form that clients need. */
export const introspection = introspectionFromSchema(buildSchema(sdl));
