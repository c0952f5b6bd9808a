import { expect } from "vitest";
import type { Gateway } from "../../src/app.js";
import { ANYONE } from "../../src/domain/principal.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import { answerOf } from "../execution.js";
import { readsOf } from "./gateway.js";

const schema = buildGatewaySchema();

/** Runs an operation that has no errors; its data, and the calls that it made. */
export async function askGateway(gateway: Gateway, source: string) {
  const reads = readsOf(gateway);
  const contextValue = {
    reads,
    loaders: makeLoaders(reads),
    principal: ANYONE,
    requestId: "r",
    operation: {},
    limits: { first: 200 },
  };
  const { data, errors } = await answerOf({ schema, source, contextValue });
  expect(errors).toBeUndefined();
  return { data, calls: reads.calls() };
}
