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

/** A backup whose note is selected as well. */
export type NotedRow = BackupRow & { readonly remark: string | null };

/** One page of a connection, as JSON. */
export interface PageJson {
  readonly edges: readonly { readonly cursor: string; readonly node: BackupRow }[];
  readonly pageInfo: Readonly<Record<string, string | boolean | null>>;
}

const connectionOf = (fields: readonly string[]): string =>
  `edges { cursor node { ${fields.join(" ")} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

const pageOf = (fields: readonly string[]): string =>
  `query Page($first: Int!, $after: String) { backups(first: $first, after: $after) { ${connectionOf(fields)} } }`;

/** A page of 100 backups, from the beginning or after a cursor. */
export const PAGE_QUERY = pageOf(FIELDS);

/** The same page with the note of each backup. */
export const NOTED_QUERY = pageOf([...FIELDS, "remark"]);

/** The newest five backups of every instance. */
export const LATEST_QUERY = `query Latest { instances(first: 100) { edges { node { nativeId backups(first: 5) { ${connectionOf(FIELDS)} } } } } }`;

/** The body of a GraphQL request. */
export const bodyOf = (query: string, variables: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(JSON.stringify({ query, variables }));
