import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  type GraphQLFieldConfigMap,
  type GraphQLOutputType,
} from "graphql";
import { ClientError } from "../../src/errors.js";
import { markReused } from "../../src/graphql/views.js";

const Word = new GraphQLEnumType({
  name: "Word",
  values: { ONE: { value: 1 }, TWO: { value: 2 } },
});
const Odd = new GraphQLScalarType({
  name: "Odd",
  serialize: (value) => {
    if (value === "throw") throw new ClientError("BAD_USER_INPUT", "Odd.");
    return value === "none" ? undefined : { odd: value };
  },
});

/** A rejection that nobody needs to wait for. */
export function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => undefined);
  return promise;
}

/** Values that some type cannot show, or shows in a way of its own. */
const ODD_VALUES: readonly (() => unknown)[] = [
  () => 'tëxt "quoted"\n\u2028',
  () => 3,
  () => 1.5,
  () => Number.NaN,
  () => true,
  () => "none",
  () => "throw",
  () => null,
  () => undefined,
  () => ({ kind: "Sub" }),
  () => new Error("A value that is an error."),
  () => [1, null, "x", Promise.resolve(2), new Error("An item."), rejected(new Error("Later."))],
  () => new Set([1, 2]),
  () => [[1], null, [2, null]],
  () => Promise.resolve("later"),
  () => Promise.resolve(null),
  () => rejected(new ClientError("FORBIDDEN", "Later.")),
  () => () => "called",
  () => async () => "called later",
  () => () => {
    throw "no error at all";
  },
];

const LEAVES: Readonly<Record<string, unknown>> = {
  String: "text",
  Int: 7,
  Float: 0.5,
  Boolean: false,
  ID: "an id",
  Word: 2,
  Odd: "even",
  Ints: [1, 2],
  FullInts: [3],
  Lists: [["a"], null],
};

const KINDS = [
  "Sub",
  "Sub",
  "Other",
  "later",
  "otherLater",
  "undefinedOther",
  "Query",
  "Nobody",
  5,
];

/** What the fields of a drawn world give: mostly what fits their type, else anything; always the same. */
export function worldOf(seed: number, oddShare: number) {
  const draw = (text: string, below: number): number => {
    let hash = seed;
    for (const c of text) hash = (hash * 31 + c.charCodeAt(0)) % 1_000_003;
    return hash % below;
  };
  const objects = new Map<string, object>();
  /** Some are the same each time, and said to last. */
  const object = (field: string): object => {
    const known = objects.get(field);
    if (known !== undefined) return known;
    const made = objectOf(field);
    if (draw(`reused ${field}`, 2) === 1) return made;
    markReused(made);
    objects.set(field, made);
    return made;
  };
  const objectOf = (field: string): object => ({
    kind: field.endsWith("Sub")
      ? "Sub"
      : field.endsWith("Other")
        ? "Other"
        : KINDS[draw(field, KINDS.length)],
    name: "a name",
    ...Object.fromEntries(
      [...Object.keys(LEAVES), "Other"].flatMap((type) => [
        [`plain${type}`, valueOf(`plain${type}`)],
        [`full${type}`, valueOf(`full${type}`)],
      ]),
    ),
  });
  const valueOf = (field: string): unknown => {
    const type = field.replace(/^(?:plain|full|resolved|must)/, "");
    // graphql-js leaves promises behind where one of several items that may not be null fails at once.
    const oneItem = type === "FullSubs";
    if (draw(field, 100) < oddShare) {
      const odd = ODD_VALUES[draw(`odd ${field}`, ODD_VALUES.length)]?.();
      return oneItem && (Array.isArray(odd) || odd instanceof Set) ? [...odd].slice(0, 1) : odd;
    }
    if (type in LEAVES) return LEAVES[type];
    if (field === "plainOther" || field === "fullOther")
      return { kind: draw(field, 4) === 0 ? "undefinedOther" : "Other", plain: 5 };
    if (!/s$/.test(type)) return object(field);
    const more = !oneItem && draw(field, 3) === 0;
    return [object("aSub"), ...(more ? [null, Promise.resolve(object("aSub"))] : [])];
  };
  return valueOf;
}

/**
 * A schema with a field of every output type, every one of them once with a resolver and once without,
 * once nullable and once not; `valueOf` says what a field gives.
 */
export function oddSchema(valueOf: (field: string) => unknown): GraphQLSchema {
  const Named: GraphQLInterfaceType = new GraphQLInterfaceType({
    name: "Named",
    fields: { name: { type: GraphQLString } },
    resolveType: (value: { kind?: unknown }) =>
      (value.kind === "later"
        ? Promise.resolve("Sub")
        : value.kind === "undefinedOther"
          ? "Other"
          : value.kind) as string,
  });
  const Sub: GraphQLObjectType = new GraphQLObjectType({
    name: "Sub",
    interfaces: [Named],
    fields: () => ({ name: { type: GraphQLString }, ...fields(), sub: { type: Sub } }),
  });
  const Other: GraphQLObjectType = new GraphQLObjectType({
    name: "Other",
    interfaces: [Named],
    isTypeOf: (value: { kind?: unknown }) =>
      value.kind === "otherLater"
        ? Promise.resolve(true)
        : value.kind === "undefinedOther"
          ? (undefined as never)
          : value.kind === "Other",
    fields: () => ({
      name: { type: GraphQLString },
      plain: { type: new GraphQLNonNull(GraphQLInt) },
    }),
  });
  const Either = new GraphQLUnionType({ name: "Either", types: [Sub, Other] });
  const types: Record<string, GraphQLOutputType> = {
    String: GraphQLString,
    Int: GraphQLInt,
    Float: GraphQLFloat,
    Boolean: GraphQLBoolean,
    ID: GraphQLID,
    Word,
    Odd,
    Sub,
    Other,
    Named,
    Either,
    Ints: new GraphQLList(GraphQLInt),
    FullInts: new GraphQLList(new GraphQLNonNull(GraphQLInt)),
    Lists: new GraphQLList(new GraphQLList(GraphQLString)),
    Subs: new GraphQLList(Sub),
    FullSubs: new GraphQLList(new GraphQLNonNull(Sub)),
    Nameds: new GraphQLList(Named),
  };
  const fields = (): GraphQLFieldConfigMap<unknown, unknown> =>
    Object.fromEntries(
      Object.entries(types).flatMap(([name, type]) => [
        [`plain${name}`, { type }],
        [`full${name}`, { type: new GraphQLNonNull(type) }],
        [
          `resolved${name}`,
          {
            type,
            args: {
              by: { type: GraphQLInt, defaultValue: 1 },
              must: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 2 },
            },
            resolve: (_: unknown, args: unknown) =>
              name === "String" ? JSON.stringify(args) : valueOf(`resolved${name}`),
          },
        ],
        [`must${name}`, { type: new GraphQLNonNull(type), resolve: () => valueOf(`must${name}`) }],
      ]),
    );
  const Query = new GraphQLObjectType({ name: "Query", fields });
  return new GraphQLSchema({ query: Query, types: [Sub, Other] });
}
