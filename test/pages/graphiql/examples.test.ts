import { parse } from "graphql";
import { expect, test } from "vitest";
import { examples } from "../../../src/pages/graphiql/examples.js";
import { servePage } from "../../server/coverageEstate.js";
import { ask } from "../../server/harness.js";

const nameOf = (query: string): string => {
  const [definition] = parse(query).definitions;
  return (definition?.kind === "OperationDefinition" && definition.name?.value) || "";
};

/** Every `complete` and every list of rows in an answer. */
function* listsIn(value: unknown): Generator<readonly [string, unknown]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (["complete", "nodes", "buckets"].includes(name)) yield [name, inner];
    yield* listsIn(inner);
  }
}

test("each of the ten questions is answered by the demo, within the limits", async () => {
  const { url } = await servePage();
  const questions = examples(Date.parse("2026-06-15T10:00:00Z"));
  expect(new Set(questions.map(({ query }) => nameOf(query))).size).toBe(10);
  const incomplete = new Set<string>();
  for (const { query, variables } of questions) {
    const name = nameOf(query);
    // A comment says in words what is asked.
    expect(query).toMatch(/^# \w/);
    const { body } = await ask(url, query, {}, JSON.parse(variables) as Record<string, unknown>);
    expect([name, body.errors]).toEqual([name, undefined]);
    for (const [field, value] of listsIn(body.data)) {
      if (field !== "complete") expect([name, field, value]).not.toEqual([name, field, []]);
      else if (value !== true) incomplete.add(name);
    }
    expect(JSON.stringify(body.data).length).toBeGreaterThan(200);
  }
  // AWS does not show the tags of the instance that is being created.
  expect([...incomplete]).toEqual(["BackupsByTag"]);
});
