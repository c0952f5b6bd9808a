import fc from "fast-check";
import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  type GraphQLFieldConfigMap,
  type GraphQLOutputType,
  type OperationDefinitionNode,
} from "graphql";
import { describe, expect, test } from "vitest";
import { ANYONE } from "../../../src/domain/principal.js";
import { ClientError, SourceError } from "../../../src/errors.js";
import type { Context } from "../../../src/graphql/context.js";
import { markLasting } from "../../../src/graphql/lasting.js";
import { makeLoaders } from "../../../src/loaders/loaders.js";
import type { Reads } from "../../../src/domain/reads.js";
import { compile } from "../../../src/server/execution/compile.js";
import { TextKeeper } from "../../../src/server/execution/keptTexts.js";
import { BACKUPS, INSTANCES } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { subgraph } from "../../graphql/federation/entity.js";
import { schema } from "../../graphql/run.js";
import { drawOperation, type ScalarTexts } from "./operations.js";
import { oddSchema, rejected, worldOf } from "./oddSchema.js";
import { compiledOf, interpreted } from "./runs.js";
import { runs } from "../../runs.js";

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
  test("have the same bytes and errors whichever way they are executed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const { document, variables } = drawOperation(draw, schemaOf(), GIVEN);
        const replaced = drawReads(draw);
        const scopes = draw(fc.boolean) ? undefined : ["backups:read"];
        const context = () => contextOf(replaced, scopes);
        const question = { schema: schemaOf(), document, variables };
        const expected = await interpreted({ ...question, context: context() });
        const execute = compiledOf(question);
        // Again, because texts are kept.
        for (let times = 0; times < 2; times += 1)
          expect(await execute(context(), variables)).toEqual(expected);
      }),
      runs(40),
    );
  });
});

test("values of every kind have the same bytes and errors in fields of every type", async () => {
  let valueOf: (field: string) => unknown = () => null;
  const odd = oddSchema((field) => valueOf(field));
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      valueOf = worldOf(draw(fc.nat, { max: 1_000_000 }), draw(fc.constantFrom, 0, 10, 50));
      const { document, variables } = drawOperation(draw, odd, {});
      const question = { schema: odd, document, variables };
      const expected = await interpreted({ ...question, context: contextOf({}) });
      const execute = compiledOf(question);
      for (let times = 0; times < 2; times += 1)
        expect(await execute(contextOf({}), variables)).toEqual(expected);
    }),
    runs(80),
  );
});

const context = contextOf({});
const object = (fields: GraphQLFieldConfigMap<unknown, unknown>, given = {}): GraphQLObjectType =>
  new GraphQLObjectType({ name: "Thing", fields, ...given });
const full = new GraphQLNonNull(GraphQLString);
const field = (type: GraphQLOutputType, resolve: () => unknown) => ({ type, resolve });
const soon = (turns: number): Promise<unknown> =>
  turns === 0 ? rejected(new Error("Soon.")) : Promise.resolve().then(() => soon(turns - 1));

describe("both executors agree", () => {
  test.each<{ what: string; thing: GraphQLObjectType; value?: unknown; query?: string }>([
    {
      what: "that of two failures below one place the first is told",
      thing: object({
        a: field(full, () => rejected(new Error("First."))),
        b: field(full, () => Promise.resolve().then(() => rejected(new Error("Second.")))),
        c: field(GraphQLString, () => Promise.resolve().then(() => rejected(new Error("Third.")))),
      }),
    },
    {
      what: "that a failure waits for what other fields have begun",
      thing: object({
        a: field(GraphQLString, () => Promise.resolve().then(() => rejected(new Error("Begun.")))),
        b: field(full, () => {
          throw new Error("At once.");
        }),
      }),
    },
    {
      what: "on the turn in which a failure that waited is told",
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
      what: "that a value of another type is none",
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
      what: "that what is selected twice is answered once",
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
    const document = parse(query ?? all);
    const expected = await interpreted({ schema, document, context });
    expect(await compiledOf({ schema, document })(context)).toEqual(expected);
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
    const execute = compiledOf({ schema, document });
    for (const yes of [true, false, true]) {
      const expected = await interpreted({ schema, document, context, variables: { yes } });
      expect(await execute(context, { yes })).toEqual(expected);
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
  const { data } = await compiledOf({ schema: new GraphQLSchema({ query }), document })(context);
  // Node tells of unhandled rejections once all that was due is done.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect([data, unhandled]).toEqual(['{"things":null}', []]);
});

describe("the text of what lasts is remembered, and of nothing else:", () => {
  const thing = object({ a: { type: GraphQLString } });
  test.each([
    ["an object", thing, (text: string) => text],
    ["a list", new GraphQLList(thing), (text: string) => `[${text}]`],
  ])("%s", async (_, type, around) => {
    const value = { a: "" };
    const given = type === thing ? value : [value];
    const query = new GraphQLObjectType({ name: "Query", fields: { t: field(type, () => given) } });
    const schema = new GraphQLSchema({ query });
    const execute = compiledOf({ schema, document: parse("{ t { a } }") });
    const dataWith = async (a: string): Promise<string> => {
      value.a = a;
      return (await execute(context)).data;
    };
    const text = (a: string) => `{"t":${around(`{"a":"${a}"}`)}}`;
    expect(await dataWith("first")).toBe(text("first"));
    expect(await dataWith("second")).toBe(text("second"));
    markLasting(given);
    expect(await dataWith("third")).toBe(text("third"));
    expect(await dataWith("fourth")).toBe(text("third"));
  });
});

test("operations that are no queries are not compiled", () => {
  const type = object({ a: { type: GraphQLString } });
  const schema = new GraphQLSchema({ query: type, mutation: type });
  const document = parse("mutation { a }");
  const [operation] = document.definitions as [OperationDefinitionNode];
  expect(compile({ schema, document, operation }, new TextKeeper(0))).toBeNull();
});
