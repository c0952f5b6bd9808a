import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";

/** One field on a way from the root to an object, and the type of the object that it leads to. */
export interface Step {
  /** As `Type.field`. */
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly to: GraphQLObjectType;
}

export type Route = readonly Step[];

/** Argument values as they are written in a query, by name; `to` is the type that is looked for. */
export type WriteArgument = (name: string, to: string) => string;

const outputsOf = (schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] => {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
};

/** Every step of a schema between objects, introspection left out. */
function stepsOf(schema: GraphQLSchema, type: GraphQLObjectType): Step[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (!isCompositeType(named) || named.name.startsWith("__")) return [];
    const name = `${type.name}.${field.name}`;
    return outputsOf(schema, named).map((to) => ({ name, field, to }));
  });
}

/** The shortest way from the root to each type. */
function shortestWays(schema: GraphQLSchema): ReadonlyMap<string, Route> {
  const query = schema.getQueryType() as GraphQLObjectType;
  const ways = new Map<string, Route>([[query.name, []]]);
  const waiting = [query];
  for (let type = waiting.shift(); type !== undefined; type = waiting.shift())
    for (const step of stepsOf(schema, type)) {
      if (ways.has(step.to.name)) continue;
      ways.set(step.to.name, [...(ways.get(type.name) ?? []), step]);
      waiting.push(step.to);
    }
  return ways;
}

/** One way for each field of the schema that leads to an object of a type. */
export function routesTo(schema: GraphQLSchema, target: string): readonly Route[] {
  const ways = shortestWays(schema);
  return [...ways].flatMap(([name, way]) =>
    stepsOf(schema, schema.getType(name) as GraphQLObjectType)
      .filter(({ to }) => to.name === target)
      .map((last) => [...way, last]),
  );
}

/** The query that goes a way and selects something at its end. */
export const queryOf = (route: Route, selection: string, write: WriteArgument): string =>
  `{ ${route.reduceRight((inner, { field, to }) => {
    const args = field.args
      .filter(isRequiredArgument)
      .map(({ name }) => `${name}: ${write(name, to.name)}`);
    const given = args.length === 0 ? "" : `(${args.join(", ")})`;
    return `${field.name}${given} { ... on ${to.name} { ${inner} } }`;
  }, selection)} }`;

/** Every value of a field in an answer, however deep. */
export function valuesOf(answer: unknown, field: string): unknown[] {
  if (typeof answer !== "object" || answer === null) return [];
  return Object.entries(answer).flatMap(([key, value]) =>
    key === field ? [value] : valuesOf(value, field),
  );
}
