const PAGE = "first: Int, after: String, last: Int, before: String";
const INSTANCES = `instances(${PAGE}, filter: InstanceFilter, onSourceError: OnSourceError): InstanceConnection`;
const BACKUPS = `backups(${PAGE}, filter: BackupFilter, orderBy: BackupOrder, onSourceError: OnSourceError): BackupConnection`;

/** The names that clients hold on to, written by hand: the code must agree with it both ways. */
export const CONTRACT = `
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  providers: [Provider!]!
  provider(key: String!): Provider
  instance(id: ID!): Instance
  ${INSTANCES}
  backup(id: ID!): Backup
  ${BACKUPS}
  coverage(rpo: Duration, filter: InstanceFilter): CoverageReport
  backupPolicies: [BackupPolicy!]!
  backupStats(filter: BackupFilter, by: [BackupDimension!]!, timeZone: String): BackupStats
}
enum BackupDimension {
  DAY WEEK MONTH STATUS TRIGGER VENDOR PROVIDER REGION INSTANCE ENGINE_VERSION
}
type BackupStats {
  buckets: [BackupStatsBucket!]! total: BackupStatsBucket! complete: Boolean! issues: [SourceIssue!]!
}
type BackupStatsBucket {
  keys: [BackupStatsKey!]! count: Int! sizeBytes: SafeInt! sizedCount: Int!
  firstStartedAt: DateTime lastStartedAt: DateTime
}
type BackupStatsKey {
  dimension: BackupDimension! value: String provider: Provider instance: Instance instanceNativeId: String
}
interface Node { id: ID! }
scalar DateTime
scalar Duration
scalar SafeInt
scalar URL
scalar JSONObject
enum Vendor { ALIBABA AWS S3 TENCENT UCLOUD }
enum VendorSelector { ALIBABA AWS S3 TENCENT UCLOUD }
enum ProviderProduct { ALIBABA_KVSTORE TENCENT_REDIS UCLOUD_UREDIS UCLOUD_UMEM AWS_ELASTICACHE AWS_ELASTICACHE_SERVERLESS AWS_MEMORYDB S3_RDB }
enum PagingStyle { OFFSET PAGE_NUMBER TOKEN }
enum HealthState { HEALTHY DEGRADED DOWN UNKNOWN }
enum InstanceStatus { RUNNING CREATING CHANGING STOPPED FAILED DELETED UNKNOWN }
enum BackupStatus { RUNNING SUCCEEDED FAILED LOCKED EXPIRED DELETED UNKNOWN }
enum BackupTrigger { AUTOMATIC MANUAL OTHER UNKNOWN }
enum BackupMethod { PHYSICAL LOGICAL UNKNOWN }
enum BackupKind { FULL INCREMENTAL UNKNOWN }
enum BackupOrder { STARTED_AT_DESC STARTED_AT_ASC }
enum OnSourceError { FAIL PARTIAL }
enum CoverageState { PROTECTED VIOLATING UNKNOWN }
enum CoverageViolation { RPO RETENTION ENCRYPTION SIZE_DROP BACKUPS_OFF }
enum CoverageOrder { INSTANCE AGE_DESC NAME }
enum SourceIssueCode {
  UNAVAILABLE TIMEOUT THROTTLED UNAUTHENTICATED FORBIDDEN NOT_FOUND BAD_RESPONSE SHORT STALE SCAN_LIMIT CUT
}
type Provider implements Node {
  id: ID! key: String! vendor: Vendor! product: ProviderProduct! account: String!
  regions: [String!]! capabilities: ProviderCapabilities! health: ProviderHealth!
  ${INSTANCES}
  ${BACKUPS}
}
type ProviderCapabilities {
  paging: PagingStyle! window: Boolean! maxPageSize: Int! reach: String! notes: [String!]!
}
type ProviderHealth {
  state: HealthState! lastSuccessAt: DateTime lastIssue: SourceIssueCode callsLeft: Int
}
type Instance implements Node {
  id: ID! vendor: Vendor! nativeId: String! providerKey: String! name: String provider: Provider! region: String!
  zone: String status: InstanceStatus! vendorStatus: String engineVersion: String
  memoryBytes: SafeInt createdAt: DateTime
  tags: [InstanceTag!] project: String encrypted: Boolean automaticBackups: Boolean retention: Duration
  policy: BackupPolicy
  ${BACKUPS}
  latestBackup(status: BackupStatus): Backup
  coverage(rpo: Duration): InstanceCoverage!
}
type InstanceTag { key: String! value: String! }
input InstanceTagFilter { key: String! values: [String!] }
type BackupPolicy {
  name: String! rpo: Duration! retention: Duration encrypted: Boolean maxSizeDrop: Float
}
type Backup implements Node {
  id: ID! nativeId: String! name: String provider: Provider! instance: Instance
  instanceNativeId: String! region: String! zone: String status: BackupStatus!
  vendorStatus: String! trigger: BackupTrigger! method: BackupMethod! kind: BackupKind!
  startedAt: DateTime! finishedAt: DateTime expiresAt: DateTime duration: Duration
  sizeBytes: SafeInt shardCount: Int engineVersion: String locked: Boolean encrypted: Boolean
  remark: String failureReason: String
  downloads: [BackupDownload!] raw: JSONObject
}
type BackupDownload {
  url: URL! internal: Boolean! shard: String sizeBytes: SafeInt expiresAt: DateTime
}
input InstanceFilter {
  vendors: [VendorSelector!] providers: [String!] regions: [String!] nativeIds: [String!]
  statuses: [InstanceStatus!] nameContains: String tags: [InstanceTagFilter!] policies: [String!]
}
input BackupFilter {
  vendors: [VendorSelector!] providers: [String!] regions: [String!] instanceIds: [ID!]
  instanceNameContains: String tags: [InstanceTagFilter!] policies: [String!]
  statuses: [BackupStatus!] triggers: [BackupTrigger!]
  startedAfter: DateTime startedBefore: DateTime
}
type InstanceEdge { node: Instance! cursor: String! }
type BackupEdge { node: Backup! cursor: String! late: Boolean! }
type PageInfo {
  hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
}
type InstanceConnection {
  edges: [InstanceEdge!]! nodes: [Instance!]! pageInfo: PageInfo! totalCount: Int
  complete: Boolean! issues: [SourceIssue!]!
}
type BackupConnection {
  edges: [BackupEdge!]! nodes: [Backup!]! pageInfo: PageInfo! totalCount: Int
  complete: Boolean! issues: [SourceIssue!]!
}
type SourceIssue {
  provider: Provider! region: String instanceNativeId: String count: Int!
  instanceNativeIds: [String!]! code: SourceIssueCode! message: String! vendorCode: String
  retryable: Boolean! retryAfter: Duration asOf: DateTime
}
type CoverageReport {
  rpo: Duration checkedAt: DateTime! protectedCount: Int! violatingCount: Int!
  unknownCount: Int! complete: Boolean! issues: [SourceIssue!]!
  instances(state: CoverageState, orderBy: CoverageOrder, ${PAGE}): InstanceConnection!
}
type InstanceCoverage {
  state: CoverageState! reason: String! policy: BackupPolicy violations: [CoverageViolation!]!
  lastSuccess: Backup age: Duration
}
`;
