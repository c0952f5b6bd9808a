/** Federation's directives, by the type or field that bears them. */
export type Marks = Readonly<Record<string, string>>;

/** Marks the fields that hold what must not reach everybody, for contracts that leave them out. */
const SECRET = '@tag(name: "secret")';
/** Marks what speaks of the clouds' accounts and not of backups. */
const OPERATIONS = '@tag(name: "operations")';

/**
 * What every router is told.
 *
 * `cost` counts what an answer asks of the vendors, in tenths of a vendor call: a field that has
 * calls of its own weighs 10 an object. Enum and scalar types need no mark to be shared.
 */
export const SUBGRAPH_MARKS: Marks = {
  Provider: '@key(fields: "id")',
  Instance: '@key(fields: "id") @key(fields: "vendor region nativeId")',
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

/** What only routers take that check scopes themselves; others refuse a supergraph that has it. */
export const ROUTER_MARKS: Marks = {
  Provider: scoped("backups:read"),
  Instance: scoped("backups:read"),
  Backup: scoped("backups:read"),
  CoverageReport: scoped("backups:read"),
  BackupDownload: scoped("backups:download"),
  "Backup.downloads": scoped("backups:download"),
  "Backup.raw": scoped("raw:read"),
};
