import fc from "fast-check";
import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  validate,
  type GraphQLFieldConfigMap,
  type GraphQLOutputType,
  type OperationDefinitionNode,
} from "graphql";
import { describe, expect, test } from "vitest";
import { ANYONE } from "../../src/domain/principal.js";
import { ClientError, SourceError } from "../../src/errors.js";
import type { Context } from "../../src/graphql/context.js";
import { isReused, markReused } from "../../src/graphql/views.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import type { Reads } from "../../src/domain/reads.js";
import { compile, TextCache } from "../../src/execution/index.js";
import { BACKUPS, INSTANCES } from "../graphql/fakeEstate.js";
import { fakeReads } from "../graphql/fakeReads.js";
import { subgraph } from "../graphql/federation/entity.js";
import { schema } from "../graphql/run.js";
import { drawOperation, type ScalarTexts } from "./operations.js";
import { oddSchema, rejected, worldOf } from "./oddSchema.js";
import { executed, expectSame, interpreted, planOf } from "./executors.js";
import { runs } from "../runs.js";

const contextOf = (replaced: Partial<Reads>, scopes?: readonly string[]): Context => {
  const { reads } = fakeReads(replaced);
  return {
    reads,
    loaders: makeLoaders(reads),
    principal: scopes === undefined ? ANYONE : { ...ANYONE, scopes: new Set(scopes) },
    requestId: "request-1",
    operation: {},
    limits: { first: 200 },
  };
};

const ids = [BACKUPS[0], BACKUPS[7], INSTANCES[1], INSTANCES[2]].map((row) =>
  JSON.stringify(row?.id),
);
const GIVEN: ScalarTexts = {
  ID: [...ids, '"nothing"'],
  Duration: ['"PT24H"', '"PT0S"'],
  DateTime: ['"2025-05-31T00:00:00Z"'],
  Int: ["0", "1", "2", "5", "-1", "201"],
  _Any: [
    `{ __typename: "Backup", id: ${ids[0]} }`,
    '{ __typename: "Instance", vendor: "UCLOUD", region: "cn-bj2", nativeId: "uredis-1" }',
    '{ __typename: "Provider", id: 5 }',
    '{ __typename: "Nothing" }',
  ],
};

const FAULTS: readonly (() => unknown)[] = [
  () => {
    throw new ClientError("BAD_USER_INPUT", "A fault of the client.", { figure: 1 });
  },
  () => null,
  () => rejected(new SourceError("THROTTLED", "The vendor is busy.", { retryAfterMs: 5 })),
  () => rejected(new Error("A bug.")),
];

const SYNCHRONOUS = ["provider", "health"];
const ASYNCHRONOUS = [
  "regions",
  "instances",
  "backups",
  "instancesByRef",
  "backupsById",
  "latestBackup",
  "downloads",
  "instanceCoverage",
];

/** Some reads fail, in one way or another. */
const drawReads = (draw: fc.GeneratorValue): Partial<Reads> =>
  Object.fromEntries(
    [...SYNCHRONOUS, ...ASYNCHRONOUS].flatMap((name) => {
      const faults = SYNCHRONOUS.includes(name) ? FAULTS.slice(0, 2) : FAULTS;
      const read = faults[draw(fc.nat, { max: faults.length + 12 })];
      return read === undefined ? [] : [[name, read]];
    }),
  );

describe.each([
  ["the gateway's schema", schema],
  ["the subgraph", subgraph],
])("operations on %s", (_, schemaOf: () => GraphQLSchema) => {
  test("give the bytes and errors of graphql-js", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const { document, variables } = drawOperation(draw, schemaOf(), GIVEN);
        const replaced = drawReads(draw);
        const scopes = draw(fc.boolean) ? undefined : ["backups:read"];
        const context = () => contextOf(replaced, scopes);
        await expectSame({ schema: schemaOf(), document, variables, context });
      }),
      runs(40),
    );
  });
});

test("values of every kind, in fields of every type, give the bytes and errors of graphql-js", async () => {
  let valueOf: (field: string) => unknown = () => null;
  const odd = oddSchema((field) => valueOf(field));
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      valueOf = worldOf(draw(fc.nat, { max: 1_000_000 }), draw(fc.constantFrom, 0, 10, 50));
      const { document, variables } = drawOperation(draw, odd, {});
      await expectSame({ schema: odd, document, variables, context: () => contextOf({}) });
    }),
    runs(80),
  );
});

const context = () => contextOf({});
const object = (fields: GraphQLFieldConfigMap<unknown, unknown>, given = {}): GraphQLObjectType =>
  new GraphQLObjectType({ name: "Thing", fields, ...given });
const full = new GraphQLNonNull(GraphQLString);
const field = (type: GraphQLOutputType, resolve: () => unknown) => ({ type, resolve });
const soon = (turns: number): Promise<unknown> =>
  turns === 0 ? rejected(new Error("Soon.")) : Promise.resolve().then(() => soon(turns - 1));

/** Fails on each of the next turns. */
const eachTurn = (): Promise<never>[] =>
  Array.from({ length: 20 }, async (_, turns) => {
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    throw new Error("On its turn.");
  });

describe("both executors agree", () => {
  test.each<{ what: string; thing: GraphQLObjectType; value?: unknown; query?: string }>([
    {
      what: "that of two failures below one place the first is reported",
      thing: object({
        a: field(full, () => rejected(new Error("First."))),
        b: field(full, () => Promise.resolve().then(() => rejected(new Error("Second.")))),
        c: field(GraphQLString, () => Promise.resolve().then(() => rejected(new Error("Third.")))),
      }),
    },
    {
      what: "that a failure waits for the fields that have started",
      thing: object({
        a: field(GraphQLString, () => Promise.resolve().then(() => rejected(new Error("Begun.")))),
        b: field(full, () => {
          throw new Error("At once.");
        }),
      }),
    },
    {
      what: "on the turn in which a failure that waited is reported",
      thing: object({
        sub: field(
          object(
            {
              a: field(GraphQLString, () => Promise.resolve("Begun.")),
              b: field(full, () => null),
            },
            { name: "Sub" },
          ),
          () => ({}),
        ),
        turns: field(new GraphQLList(GraphQLString), () => [0, 1, 2, 3, 4, 5].map(soon)),
      }),
      query: "{ thing { sub { a b } turns } }",
    },
    {
      what: "on the turn in which a list fails because one of its items does",
      thing: object({
        items: field(new GraphQLNonNull(new GraphQLList(full)), () => [soon(1), "b"]),
        turns: field(new GraphQLList(GraphQLString), eachTurn),
      }),
    },
    {
      what: "on the turn in which a list has arrived",
      thing: object({
        sub: field(
          object(
            {
              items: field(new GraphQLList(full), () => [Promise.resolve("a"), "b"]),
              b: field(full, () => null),
            },
            { name: "Sub" },
          ),
          () => ({}),
        ),
        turns: field(new GraphQLList(GraphQLString), eachTurn),
      }),
      query: "{ thing { sub { items b } turns } }",
    },
    {
      what: "that a value of another type is an error",
      thing: object(
        { a: { type: GraphQLString } },
        { isTypeOf: (value: { a: unknown }) => value.a !== "wrong" },
      ),
      value: [{ a: "right" }, { a: "wrong" }],
      query: "{ things { a } }",
    },
    {
      what: "that properties which are functions are called",
      thing: object({ a: { type: GraphQLString } }),
      value: { a: (_: unknown, { requestId }: Context) => requestId },
    },
    {
      what: "that a getter which throws is a failed field",
      thing: object({ a: { type: GraphQLString }, b: { type: GraphQLString } }),
      value: {
        get a(): string {
          throw new Error("No.");
        },
        b: "b",
      },
    },
    {
      what: "that a field selected twice is one field",
      thing: object({ a: { type: GraphQLString } }),
      query: "{ thing { a ...T } thing { b: a __typename } } fragment T on Thing { a c: a }",
    },
  ])("$what", async ({ thing, value = { a: "a" }, query }) => {
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: "Query",
        fields: {
          thing: field(thing, () => value),
          things: field(new GraphQLList(thing), () => value),
        },
      }),
    });
    const all = `{ thing { ${Object.keys(thing.getFields()).join(" ")} } }`;
    await expectSame({ schema, document: parse(query ?? all), context });
  });

  test.each([
    {
      what: "at the root",
      query: "{ thing { a } other: thing @skip(if: $no) { a } }",
    },
    { what: "on an object", query: "{ thing { a b: a @include(if: $no) } }" },
    { what: "on each item of a list", query: "{ things { a b: a @skip(if: $no) } thing { a } }" },
    { what: "below an item of a list", query: "{ things { sub { a @skip(if: $no) } a } }" },
    { what: "in an empty list", query: "{ none { a @skip(if: $no) } }" },
    { what: "in a list of lists", query: "{ lists { a @include(if: $no) } }" },
    { what: "in a list of items that must not be null", query: "{ full { a @skip(if: $no) } }" },
    { what: "on an inline fragment", query: "{ things { ... @include(if: $no) { a } } }" },
    {
      what: "on a fragment spread",
      query: "{ things { ...T @skip(if: $no) } } fragment T on Thing { a }",
    },
    {
      what: "behind a @skip that removes the field",
      query: "{ things { a @skip(if: true) @include(if: $no) b: a } }",
    },
  ])("on a directive whose variable is null, $what", async ({ query }) => {
    const thing: GraphQLObjectType = object({
      a: { type: GraphQLString },
      sub: { type: object({ a: { type: GraphQLString } }, { name: "Sub" }) },
    });
    const value = { a: "a", sub: { a: "sub" } };
    const items = new GraphQLList(thing);
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: "Query",
        fields: {
          thing: field(thing, () => value),
          things: field(items, () => [value, null, Promise.resolve(value)]),
          none: field(items, () => []),
          lists: field(new GraphQLList(items), () => [[value], [value, value]]),
          full: field(new GraphQLList(new GraphQLNonNull(thing)), () => [value, value]),
        },
      }),
    });
    const document = parse(`query ($no: Boolean = true) ${query}`);
    expect(validate(schema, document)).toEqual([]);
    await expectSame({ schema, document, variables: { no: null } });
    await expectSame({ schema, document });
  });

  test.each([
    "{ thing @include(if: $yes) { a } other: thing { a @skip(if: $yes) b: a } }",
    "{ thing { ...T @include(if: $yes) ... @skip(if: $yes) { c: a } } } fragment T on Thing { b: a }",
  ])("on %s for every choice of its variables, by one compilation", async (selection) => {
    const thing = object({ a: { type: GraphQLString } });
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: "Query",
        fields: { thing: field(thing, () => ({ a: "a" })) },
      }),
    });
    const document = parse(`query ($yes: Boolean!) ${selection}`);
    const plan = planOf({ schema, document });
    for (const yes of [true, false, true]) {
      const question = { schema, document, variables: { yes } };
      expect(await executed(plan, question)).toEqual(await interpreted(question));
    }
  });
});

test("a list that fails at once leaves no promise behind that nobody waits for", async () => {
  const thing = object({ a: { type: GraphQLString } });
  const items = new GraphQLList(new GraphQLNonNull(thing));
  const later = () => Promise.resolve().then(() => rejected(new Error("Later.")));
  const query = new GraphQLObjectType({
    name: "Query",
    fields: { things: field(items, () => [later(), null]) },
  });
  const document = parse("{ things { a } }");
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const question = { schema: new GraphQLSchema({ query }), document };
  const { data } = await executed(planOf(question), question);
  // Node reports unhandled rejections once all pending microtasks are done.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect([data, unhandled]).toEqual(['{"things":null}', []]);
});

describe("the text of an immutable object is kept, and no other:", () => {
  const thing = object({ a: { type: GraphQLString } });
  test.each([
    ["an object", thing, (text: string) => text],
    ["a list", new GraphQLList(thing), (text: string) => `[${text}]`],
  ])("%s", async (_, type, around) => {
    const value = { a: "" };
    const given = type === thing ? value : [value];
    const query = new GraphQLObjectType({ name: "Query", fields: { t: field(type, () => given) } });
    const schema = new GraphQLSchema({ query });
    const question = { schema, document: parse("{ t { a } }") };
    const texts = new TextCache({ maxBytes: 10_000, isImmutable: isReused });
    const plan = planOf(question, { texts });
    const dataWith = async (a: string): Promise<string> => {
      value.a = a;
      return (await executed(plan, question)).data;
    };
    const text = (a: string) => `{"t":${around(`{"a":"${a}"}`)}}`;
    expect(await dataWith("first")).toBe(text("first"));
    expect(await dataWith("second")).toBe(text("second"));
    markReused(given);
    expect(await dataWith("third")).toBe(text("third"));
    expect(await dataWith("fourth")).toBe(text("third"));
  });
});

test("operations that are no queries are not compiled", () => {
  const type = object({ a: { type: GraphQLString } });
  const schema = new GraphQLSchema({ query: type, mutation: type });
  const document = parse("mutation { a }");
  const [operation] = document.definitions as [OperationDefinitionNode];
  expect(compile({ schema, document, operation })).toBeNull();
});
