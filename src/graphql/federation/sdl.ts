import { getDocumentNodeFromSchema } from "@graphql-tools/utils";
import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
} from "graphql";
import { buildGatewaySchema } from "../schema.js";
import { ROUTER_MARKS, SUBGRAPH_MARKS, type Marks } from "./marks.js";

/** The newest version that both Apollo's and The Guild's composers take. */
const FEDERATION = "https://specs.apollo.dev/federation/v2.9";

/** Fields that every Relay subgraph has, so that they clash where two are composed. */
const LEFT_OUT: ReadonlySet<string> = new Set(["node", "nodes"]);

/** How a subgraph is written down. */
export interface SubgraphSdlOptions {
  /** Adds `@requiresScopes`, for routers that check scopes themselves. */
  readonly routerDirectives?: boolean;
}

/** The subgraph as text: what composers read, and what `_service` answers. */
export function printSubgraphSdl({ routerDirectives = false }: SubgraphSdlOptions = {}): string {
  const marks = routerDirectives ? [SUBGRAPH_MARKS, ROUTER_MARKS] : [SUBGRAPH_MARKS];
  return subgraphSdlOf(buildGatewaySchema(), marks);
}

/** The same of a schema at hand: marked, and without what clashes with other subgraphs. */
export function subgraphSdlOf(
  schema: GraphQLSchema,
  marks: readonly Marks[] = [SUBGRAPH_MARKS],
): string {
  const document = getDocumentNodeFromSchema(schema);
  const definitions = document.definitions.map((definition) =>
    isObjectType(definition) ? published(markedType(definition, marks)) : definition,
  );
  return `${print({ ...document, definitions: [linkOf(definitions), ...definitions] })}\n`;
}

const published = (type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode =>
  type.name.value === "Query"
    ? { ...type, fields: type.fields?.filter(({ name }) => !LEFT_OUT.has(name.value)) ?? [] }
    : type;

const isObjectType = (definition: DefinitionNode): definition is ObjectTypeDefinitionNode =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION;

function markedType(
  type: ObjectTypeDefinitionNode,
  marks: readonly Marks[],
): ObjectTypeDefinitionNode {
  const marksAt = (place: string): readonly ConstDirectiveNode[] =>
    marks.flatMap((table) => directivesOf(table[place] ?? ""));
  const fields = (type.fields ?? []).map((field) => ({
    ...field,
    directives: [
      ...(field.directives ?? []),
      ...listSizeOf(field),
      ...marksAt(`${type.name.value}.${field.name.value}`),
    ],
  }));
  return { ...type, fields, directives: [...(type.directives ?? []), ...marksAt(type.name.value)] };
}

/** How many rows a connection may answer with; 20 where the page's size is not given. */
const listSizeOf = ({
  arguments: args = [],
}: FieldDefinitionNode): readonly ConstDirectiveNode[] =>
  args.some(({ name }) => name.value === "first")
    ? directivesOf(
        '@listSize(assumedSize: 20, slicingArguments: ["first", "last"], ' +
          'sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)',
      )
    : [];

const directivesOf = (text: string): readonly ConstDirectiveNode[] => {
  const [bearer] = parse(`scalar Bearer ${text}`, { noLocation: true }).definitions;
  return bearer?.kind === Kind.SCALAR_TYPE_DEFINITION ? (bearer.directives ?? []) : [];
};

/** GraphQL's own directives, which nobody imports. */
const BUILT_IN: ReadonlySet<string> = new Set(["deprecated", "specifiedBy", "oneOf"]);

/** The line that says which of federation's directives the document uses. */
function linkOf(definitions: readonly DefinitionNode[]): DefinitionNode {
  const used = new Set<string>();
  visit(
    { kind: Kind.DOCUMENT, definitions },
    { Directive: ({ name }) => void (BUILT_IN.has(name.value) || used.add(`@${name.value}`)) },
  );
  const text = `extend schema @link(url: "${FEDERATION}", import: ${JSON.stringify([...used].sort())})`;
  return parse(text, { noLocation: true }).definitions[0] as DefinitionNode;
}
