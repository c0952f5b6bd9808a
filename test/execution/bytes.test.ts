import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getIntrospectionQuery, parse, type DocumentNode } from "graphql";
import { describe, expect, test } from "vitest";
import { bytesOfDocument, type Plan } from "../../src/execution/index.js";
import { schema } from "../graphql/run.js";
import { sized } from "../runs.js";
import { oddSchema, worldOf } from "./oddSchema.js";
import { executed, planOf } from "./executors.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Heap bytes that remain of what is made: the middle of five times, since the process has other work. */
async function heldBy<T>(make: () => Promise<T> | T): Promise<{ made: T; bytes: number }> {
  const times: { made: T; bytes: number }[] = [];
  for (let time = 0; time < 5; time += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    const made = await make();
    collect();
    times.push({ made, bytes: process.memoryUsage().heapUsed - before });
  }
  return times.sort((a, b) => a.bytes - b.bytes)[2] as { made: T; bytes: number };
}

/** Enough that other work of the process does not matter. */
const copiesOf = (what: string): number => (what === "of one field" ? 200 : sized(60, 200));

const repeated = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(" ");

describe("a document counts at least the bytes that it holds", () => {
  test.each<[string, (copy: number) => string]>([
    ["of one field", (copy) => `{ a${copy}: __typename }`],
    [
      "of arguments and directives",
      (copy) =>
        `{ ${repeated(40, (n) => `a${copy}_${n}: node(id: "x") @include(if: true) { id }`)} }`,
    ],
    [
      "of fragments",
      (copy) => repeated(40, (n) => `fragment F${n}_${copy} on Query { __typename }`),
    ],
    ["of lists", (copy) => `{ a${copy}: nodes(ids: [${"[] ".repeat(400)}]) { id } }`],
    ["of numbers", (copy) => `{ a${copy}: nodes(ids: [${repeated(400, String)}]) { id } }`],
    ["of many levels", (copy) => `{ a${copy} ${"{ a ".repeat(60)} ${"}".repeat(60)} }`],
    ["of one long text", (copy) => `{ node(id: "${copy}${"ü\u2028".repeat(2_000)}") { id } }`],
  ])("%s", async (what, text) => {
    const { made, bytes } = await heldBy(() =>
      Array.from({ length: copiesOf(what) }, (_, copy) =>
        // A text that was received is a text of its own.
        parse(Buffer.from(text(copy)).toString()),
      ),
    );
    const counted = made.reduce((sum, document) => sum + bytesOfDocument(document), 0);
    expect(counted).toBeGreaterThan(bytes);
    expect(counted).toBeLessThan(4 * bytes);
  });
});

describe("a plan counts at least the bytes that it holds", () => {
  const odd = oddSchema(worldOf(1, 0));
  const fields = (depth: number): string =>
    depth === 0
      ? "name plainInt resolvedWord"
      : `plainString plainSub { ${fields(depth - 1)} } resolvedSubs { name ...F } mustEither { ... on Sub { ${fields(depth - 1)} } }`;
  test.each<[string, string]>([
    ["of one field", "query ($x: Boolean = true) { __typename }"],
    ["of an introspection", getIntrospectionQuery().replace("query", "query")],
    [
      "of types and shortcuts",
      `query ($x: Boolean = true) { ${fields(3)} } fragment F on Sub { plainInt fullInt fullWord }`,
    ],
    [
      "of choices",
      `query ($x: Boolean = true) { ${fields(1)} ${repeated(20, (n) => `a${n}: plainInt @skip(if: $x)`)} } fragment F on Sub { name }`,
    ],
  ])("%s", async (what, text) => {
    const document: DocumentNode = parse(text);
    const choices = what === "of choices" ? [{ x: true }, { x: false }] : [{}];
    const { made, bytes } = await heldBy(async () => {
      const plans: Plan[] = [];
      for (let copy = 0; copy < copiesOf(what); copy += 1) {
        const plan = planOf({ schema: odd, document });
        for (const variables of choices) await executed(plan, { schema: odd, document, variables });
        plans.push(plan);
      }
      return plans;
    });
    const shared = made.length * bytesOfDocument(document);
    const counted = made.reduce((sum, plan) => sum + plan.bytes, 0) - shared;
    expect(counted).toBeGreaterThan(bytes);
    expect(counted).toBeLessThan(6 * bytes);
  });

  test("and counts more as executions reach further fields", async () => {
    const document = parse("{ providers { key } }");
    const plan = planOf({ schema: schema(), document });
    const before = plan.bytes;
    await executed(plan, { schema: schema(), document });
    expect(plan.bytes).toBeGreaterThan(before);
  });
});
