/** The fields of a backup that a page selects besides the cursor. */
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

/** A backup as all servers of the benchmark return it. */
export type BackupRow = Readonly<Record<(typeof FIELDS)[number], string | number | null>>;

/** One page of a connection, as JSON. */
export interface PageJson {
  readonly edges: readonly { readonly cursor: string; readonly node: BackupRow }[];
  readonly pageInfo: Readonly<Record<string, string | boolean | null>>;
}

const connection = `edges { cursor node { ${FIELDS.join(" ")} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

/** A page of 100 backups, from the beginning or after a cursor. */
export const PAGE_QUERY = `query Page($first: Int!, $after: String) { backups(first: $first, after: $after) { ${connection} } }`;

/** The newest five backups of every instance. */
export const LATEST_QUERY = `query Latest { instances(first: 100) { edges { node { nativeId backups(first: 5) { ${connection} } } } } }`;

/** The body of a GraphQL request. */
export const bodyOf = (query: string, variables: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(JSON.stringify({ query, variables }));
