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

/** Directives by the type or field that carries them. */
type Marks = Readonly<Record<string, string>>;

/** Marks sensitive fields, so that federation contracts can leave them out. */
const SECRET = '@tag(name: "secret")';
/** Marks fields about the cloud accounts, not about backups. */
const OPERATIONS = '@tag(name: "operations")';

/**
 * Directives for every router.
 *
 * `@cost` is in tenths of a vendor call: a field that makes its own calls weighs 10 for each object.
 * Enums and scalars are shareable without a directive.
 */
export const SUBGRAPH_MARKS: Marks = {
  Provider: '@key(fields: "id")',
  Instance:
    '@key(fields: "id") @key(fields: "providerKey region nativeId") @key(fields: "vendor region nativeId")',
  Backup: '@key(fields: "id")',
  PageInfo: "@shareable",
  BackupDownload: SECRET,
  ProviderCapabilities: OPERATIONS,
  ProviderHealth: OPERATIONS,
  "Query.coverage": "@cost(weight: 100)",
  "Provider.regions": "@cost(weight: 10)",
  "Provider.capabilities": OPERATIONS,
  "Provider.health": OPERATIONS,
  "Instance.latestBackup": "@cost(weight: 10)",
  "Instance.coverage": "@cost(weight: 10)",
  "Backup.downloads": `@cost(weight: 10) ${SECRET}`,
  "Backup.raw": SECRET,
  "BackupConnection.totalCount": "@cost(weight: 100)",
  "InstanceConnection.totalCount": "@cost(weight: 10)",
};

const scoped = (scope: string): string => `@requiresScopes(scopes: [["${scope}"]])`;

/** Directives for routers that check scopes themselves. Other routers refuse them. */
export const ROUTER_MARKS: Marks = {
  Provider: scoped("backups:read"),
  Instance: scoped("backups:read"),
  Backup: scoped("backups:read"),
  CoverageReport: scoped("backups:read"),
  BackupDownload: scoped("backups:download"),
  "Backup.downloads": scoped("backups:download"),
  "Backup.raw": scoped("raw:read"),
};

/** The newest version that the composers of both Apollo and The Guild support. */
const FEDERATION = "https://specs.apollo.dev/federation/v2.9";

/** Every Relay subgraph has these fields, so they conflict when two subgraphs are composed. */
const LEFT_OUT: ReadonlySet<string> = new Set(["node", "nodes"]);

/** How the SDL of the subgraph is printed. */
interface SubgraphSdlOptions {
  /** Adds `@requiresScopes` for routers that check scopes themselves. */
  readonly routerDirectives?: boolean;
}

/** The SDL of the subgraph, as composition reads it and `_service` returns it. */
export function printSubgraphSdl({ routerDirectives = false }: SubgraphSdlOptions = {}): string {
  const marks = routerDirectives ? [SUBGRAPH_MARKS, ROUTER_MARKS] : [SUBGRAPH_MARKS];
  return subgraphSdlOf(buildGatewaySchema(), marks);
}

/** The SDL of a schema with directives, and without the fields that conflict with other subgraphs. */
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

/** The number of rows that a connection returns, 20 by default. */
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

/** GraphQL's own directives are not imported. */
const BUILT_IN: ReadonlySet<string> = new Set(["deprecated", "specifiedBy", "oneOf"]);

/** The `@link` that imports the federation directives that the document uses. */
function linkOf(definitions: readonly DefinitionNode[]): DefinitionNode {
  const used = new Set<string>();
  visit(
    { kind: Kind.DOCUMENT, definitions },
    { Directive: ({ name }) => void (BUILT_IN.has(name.value) || used.add(`@${name.value}`)) },
  );
  const text = `extend schema @link(url: "${FEDERATION}", import: ${JSON.stringify([...used].sort())})`;
  return parse(text, { noLocation: true }).definitions[0] as DefinitionNode;
}
