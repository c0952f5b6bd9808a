/** What a page selects: a cursor and twelve fields of every backup. */
export const FIELDS = [
  "id",
  "nativeId",
  "name",
  "instanceNativeId",
  "region",
  "status",
  "trigger",
  "method",
  "startedAt",
  "finishedAt",
  "sizeBytes",
  "engineVersion",
] as const;

/** One backup as all servers of the benchmark show it. */
export type BackupRow = Readonly<Record<(typeof FIELDS)[number], string | number | null>>;

/** One page of a connection, as JSON. */
export interface PageJson {
  readonly edges: readonly { readonly cursor: string; readonly node: BackupRow }[];
  readonly pageInfo: Readonly<Record<string, string | boolean | null>>;
}

const connection = `edges { cursor node { ${FIELDS.join(" ")} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

/** A page of 100 backups, from the beginning or behind a cursor. */
export const PAGE_QUERY = `query Page($first: Int!, $after: String) { backups(first: $first, after: $after) { ${connection} } }`;

/** The newest five backups of every instance. */
export const LATEST_QUERY = `query Latest { instances(first: 100) { edges { node { nativeId backups(first: 5) { ${connection} } } } } }`;

/** A GraphQL request as it is posted. */
export const bodyOf = (query: string, variables: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(JSON.stringify({ query, variables }));
