/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What statistics of backups are grouped by. */
export type BackupDimension =
  /** The day of the start, such as 2026-11-29. */
  | 'DAY'
  /** The version of Redis, as the vendor writes it. */
  | 'ENGINE_VERSION'
  /** The instance, by its global id. */
  | 'INSTANCE'
  /** The month of the start, such as 2026-11. */
  | 'MONTH'
  /** The provider, by its key. */
  | 'PROVIDER'
  /** The region. */
  | 'REGION'
  /** The state of the backup. */
  | 'STATUS'
  /** What started the backup. */
  | 'TRIGGER'
  /** The vendor. */
  | 'VENDOR'
  /** The ISO week of the start, such as 2026-W48. */
  | 'WEEK';

/** Conditions on backups. All conditions must hold. A list holds if any of its items does (`tags`: if all of them do); an empty list matches nothing. */
export type BackupFilter = {
  /** The global ids of the instances. A malformed id is an error. */
  instanceIds?: Array<string> | null | undefined;
  /** A text that the name of the instance contains. */
  instanceNameContains?: string | null | undefined;
  /** The names of the instance's policy (Instance.policy). A name that does not exist is an error. */
  policies?: Array<string> | null | undefined;
  /** The keys of the providers. A key that does not exist is an error. */
  providers?: Array<string> | null | undefined;
  /** The regions. A region that no provider has is an error. */
  regions?: Array<string> | null | undefined;
  /** The earliest start, inclusive. */
  startedAfter?: string | null | undefined;
  /** The latest start, exclusive. */
  startedBefore?: string | null | undefined;
  /** The states. */
  statuses?: Array<BackupStatus> | null | undefined;
  /** Tags that the instance must all have, at most 50. While tags cannot be read, what depends on them is pending, with an issue. */
  tags?: Array<InstanceTagFilter> | null | undefined;
  /** What started the backup. */
  triggers?: Array<BackupTrigger> | null | undefined;
  /** The vendors. */
  vendors?: Array<VendorSelector> | null | undefined;
};

/** How much data a backup holds. */
export type BackupKind =
  /** All data. It can be restored without other backups. */
  | 'FULL'
  /** The changes since an earlier backup, which is needed to restore it. */
  | 'INCREMENTAL'
  /** The vendor does not say. */
  | 'UNKNOWN';

/** The order of backups. Backups with the same start are ordered by id. */
export type BackupOrder =
  /** Oldest start first. */
  | 'STARTED_AT_ASC'
  /** Newest start first. */
  | 'STARTED_AT_DESC';

/** The state of a backup, in the same words for all vendors. */
export type BackupStatus =
  /** It was deleted. */
  | 'DELETED'
  /** Its retention period has ended. */
  | 'EXPIRED'
  /** It failed or is incomplete. */
  | 'FAILED'
  /** Another task is using it, so it is unknown whether it is usable. */
  | 'LOCKED'
  /** It is being created. */
  | 'RUNNING'
  /** It finished successfully. */
  | 'SUCCEEDED'
  /** The vendor reports a status that the gateway does not know. See vendorStatus. */
  | 'UNKNOWN';

/** What started a backup. */
export type BackupTrigger =
  /** A schedule started it. */
  | 'AUTOMATIC'
  /** A person or a program requested it. */
  | 'MANUAL'
  /** Another cause that the vendor names, such as a migration. */
  | 'OTHER'
  /** The vendor does not say. */
  | 'UNKNOWN';

/** Whether the backups of an instance meet the demands on them. */
export type CoverageState =
  /** A successful backup started within the recovery point objective (RPO), and every other demand of the policy is met. */
  | 'PROTECTED'
  /** Unknown at the moment. See reason. */
  | 'UNKNOWN'
  /** A demand is not met. See violations. */
  | 'VIOLATING';

/** A demand that an instance does not meet. */
export type CoverageViolation =
  /** Automatic backups are off, and no successful backup started within the RPO. */
  | 'BACKUPS_OFF'
  /** A successful backup within the RPO is not encrypted. */
  | 'ENCRYPTION'
  /** Successful backups do not reach back as far as the policy demands. */
  | 'RETENTION'
  /** No successful backup started within the RPO. */
  | 'RPO'
  /** The newest successful backup is much smaller than those before it. */
  | 'SIZE_DROP';

/** The state of an instance, in the same words for all vendors. */
export type InstanceStatus =
  /** It is being resized, moved, upgraded, restored or restarted. */
  | 'CHANGING'
  /** It is being created and does not accept connections yet. */
  | 'CREATING'
  /** It was deleted. Its backups may still exist. */
  | 'DELETED'
  /** It is broken. */
  | 'FAILED'
  /** It accepts connections. */
  | 'RUNNING'
  /** It was stopped or isolated and does not accept connections. */
  | 'STOPPED'
  /** The vendor reports no status, or one that the gateway does not know. See vendorStatus. */
  | 'UNKNOWN';

/** A tag that an instance must have. */
export type InstanceTagFilter = {
  /** The tag's key. */
  key: string;
  /** The tag must have one of these values. By default, any value. */
  values?: Array<string> | null | undefined;
};

/** A vendor's Redis product. */
export type ProviderProduct =
  /** Alibaba Cloud Tair, the Redis-compatible ApsaraDB (API R-kvstore). */
  | 'ALIBABA_KVSTORE'
  /** Amazon ElastiCache for Redis OSS and Valkey, on nodes. */
  | 'AWS_ELASTICACHE'
  /** Amazon ElastiCache Serverless for Redis OSS and Valkey. */
  | 'AWS_ELASTICACHE_SERVERLESS'
  /** Amazon MemoryDB. */
  | 'AWS_MEMORYDB'
  /** RDB files in a bucket. */
  | 'S3_RDB'
  /** TencentDB for Redis. */
  | 'TENCENT_REDIS'
  /** UCloud UMem: distributed Redis. */
  | 'UCLOUD_UMEM'
  /** UCloud URedis: master and replica. */
  | 'UCLOUD_UREDIS';

/** Why rows of a source are missing or out of date. The page docs/errors.md says what to do about each code. */
export type SourceIssueCode =
  /** The vendor's answer, or one row of it, could not be read. */
  | 'BAD_RESPONSE'
  /** The operation reached its deadline or its limit of vendor calls. The next page continues from here. */
  | 'CUT'
  /** The gateway's own credentials are not allowed to read this. */
  | 'FORBIDDEN'
  /** The vendor does not know the instance or the region. */
  | 'NOT_FOUND'
  /** The list has more rows than the gateway is configured to read. */
  | 'SCAN_LIMIT'
  /** The list was read completely, but it has fewer rows than the vendor counts. */
  | 'SHORT'
  /** The vendor failed, so older data is shown. See asOf. */
  | 'STALE'
  /** The vendor, or the quota that the gateway keeps for it, allows no more calls at the moment. */
  | 'THROTTLED'
  /** The vendor did not answer in time. */
  | 'TIMEOUT'
  /** The vendor rejected the gateway's own credentials. */
  | 'UNAUTHENTICATED'
  /** The vendor cannot be reached, or reports an internal error. */
  | 'UNAVAILABLE';

/** The company whose cloud holds an object. Used in answers only, so that a new vendor breaks no client. */
export type Vendor =
  /** Alibaba Cloud. */
  | 'ALIBABA'
  /** Amazon Web Services. */
  | 'AWS'
  /** A bucket of any S3-compatible store. */
  | 'S3'
  /** Tencent Cloud. */
  | 'TENCENT'
  /** UCloud, including resellers with a name and host of their own. */
  | 'UCLOUD';

/** A vendor to filter by, with the same names as Vendor. Used in arguments only. */
export type VendorSelector =
  /** Alibaba Cloud. */
  | 'ALIBABA'
  /** Amazon Web Services. */
  | 'AWS'
  /** A bucket of any S3-compatible store. */
  | 'S3'
  /** Tencent Cloud. */
  | 'TENCENT'
  /** UCloud, including resellers with a name and host of their own. */
  | 'UCLOUD';

export type BackupPageQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: BackupFilter | null | undefined;
  orderBy?: BackupOrder | null | undefined;
}>;


export type BackupPageQuery = { backups: { complete: boolean, edges: Array<{ cursor: string, late: boolean, node: { id: string, nativeId: string, startedAt: string, status: BackupStatus, sizeBytes: number | null, provider: { id: string, key: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, issues: Array<{ code: SourceIssueCode, message: string, retryAfter: string | null }> } | null };

export type BackupsByDayQueryVariables = Exact<{
  since: string;
  until: string;
  providers?: Array<string> | string | null | undefined;
  timeZone?: string | null | undefined;
}>;


export type BackupsByDayQuery = { backupStats: { complete: boolean, issues: Array<{ region: string | null, code: SourceIssueCode, message: string, provider: { key: string } }>, buckets: Array<{ count: number, sizeBytes: number, sizedCount: number, keys: Array<{ dimension: BackupDimension, value: string | null }> }> } | null };

export type EstateProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type EstateProvidersQuery = { providers: Array<{ key: string, vendor: Vendor, account: string }> };

export type FailedBackupsQueryVariables = Exact<{
  filter?: BackupFilter | null | undefined;
}>;


export type FailedBackupsQuery = { backups: { totalCount: number | null, complete: boolean, nodes: Array<{ startedAt: string, vendorStatus: string, provider: { key: string }, instance: { name: string | null, nativeId: string, latestBackup: { startedAt: string } | null } | null }> } | null };

export type InstanceBackupsQueryVariables = Exact<{
  id: string;
  first: number;
  after?: string | null | undefined;
  before?: string | null | undefined;
}>;


export type InstanceBackupsQuery = { instance: { backups: { complete: boolean, nodes: Array<{ id: string, startedAt: string, duration: string | null, status: BackupStatus, vendorStatus: string, trigger: BackupTrigger, kind: BackupKind, sizeBytes: number | null, expiresAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, issues: Array<{ code: SourceIssueCode, message: string }> } | null } | null };

export type InstancesWithLatestBackupQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InstancesWithLatestBackupQuery = { instances: { complete: boolean, nodes: Array<{ name: string | null, nativeId: string, vendor: Vendor, region: string, status: InstanceStatus, memoryBytes: number | null, latestBackup: { startedAt: string, status: BackupStatus, sizeBytes: number | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type NewestBackupsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NewestBackupsQuery = { backups: { complete: boolean, nodes: Array<{ startedAt: string, status: BackupStatus, trigger: BackupTrigger, sizeBytes: number | null, duration: string | null, provider: { key: string, vendor: Vendor, product: ProviderProduct }, instance: { name: string | null, nativeId: string, region: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, issues: Array<{ code: SourceIssueCode, message: string, provider: { key: string } }> } | null };

export type ProviderBackupsQueryVariables = Exact<{
  provider: string;
  since: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ProviderBackupsQuery = { backups: { complete: boolean, nodes: Array<{ startedAt: string, status: BackupStatus, region: string, instanceNativeId: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, issues: Array<{ region: string | null, count: number, instanceNativeIds: Array<string>, code: SourceIssueCode, message: string, vendorCode: string | null, retryable: boolean, asOf: string | null }> } | null };

export type ProviderCoverageQueryVariables = Exact<{
  provider: string;
  rpo?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ProviderCoverageQuery = { coverage: { checkedAt: string, unknownCount: number, issues: Array<{ region: string | null, count: number, instanceNativeIds: Array<string>, code: SourceIssueCode, message: string, vendorCode: string | null, retryable: boolean, asOf: string | null }>, instances: { nodes: Array<{ id: string, name: string | null, nativeId: string, region: string, status: InstanceStatus, engineVersion: string | null, memoryBytes: number | null, createdAt: string | null, tags: Array<{ key: string, value: string }> | null, coverage: { state: CoverageState, reason: string, violations: Array<CoverageViolation>, age: string | null, policy: { name: string } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };


export const BackupPageDocument = {"__meta__":{"hash":"sha256:3f7848675fe33762ab09a75e43a49d980f99f0c3584e3b57dce1f441d00acb7b"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BackupPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"BackupFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"BackupOrder"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"late"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}}]} as unknown as DocumentNode<BackupPageQuery, BackupPageQueryVariables>;
export const BackupsByDayDocument = {"__meta__":{"hash":"sha256:a7e10e72b822bd045620ed2e39bd15795888f52a71e83e10c8f52f184d8f627a"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BackupsByDay"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"since"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"until"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"providers"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeZone"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backupStats"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"DAY"},{"kind":"EnumValue","value":"STATUS"}]}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"providers"},"value":{"kind":"Variable","name":{"kind":"Name","value":"providers"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"startedAfter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"since"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"startedBefore"},"value":{"kind":"Variable","name":{"kind":"Name","value":"until"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"timeZone"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeZone"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"buckets"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"keys"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dimension"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"sizedCount"}}]}}]}}]}}]} as unknown as DocumentNode<BackupsByDayQuery, BackupsByDayQueryVariables>;
export const EstateProvidersDocument = {"__meta__":{"hash":"sha256:7fddb32e666e9e52ee7c791e80817b9eec68bb104db351cc4779fcc9cc4b5f3f"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EstateProviders"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"providers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}},{"kind":"Field","name":{"kind":"Name","value":"account"}}]}}]}}]} as unknown as DocumentNode<EstateProvidersQuery, EstateProvidersQueryVariables>;
export const FailedBackupsDocument = {"__meta__":{"hash":"sha256:5d1df162fd0de60e4989a162d1eba7caf1b68c0a1ab6fdbf2c3a421417c4be44"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FailedBackups"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"BackupFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"vendorStatus"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"Field","name":{"kind":"Name","value":"instance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"latestBackup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"EnumValue","value":"SUCCEEDED"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startedAt"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}}]}}]}}]} as unknown as DocumentNode<FailedBackupsQuery, FailedBackupsQueryVariables>;
export const InstanceBackupsDocument = {"__meta__":{"hash":"sha256:d63f7b6cd876ff9dcec977d9370e480046005a03da8d0b3728cb39c04f4cf902"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InstanceBackups"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"startedBefore"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"duration"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"vendorStatus"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<InstanceBackupsQuery, InstanceBackupsQueryVariables>;
export const InstancesWithLatestBackupDocument = {"__meta__":{"hash":"sha256:cd644d955a3e3565765d31f267bbbcf6b24016fc87e6e15d346770f16fe3ebeb"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InstancesWithLatestBackup"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instances"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"latestBackup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}}]}}]}}]} as unknown as DocumentNode<InstancesWithLatestBackupQuery, InstancesWithLatestBackupQueryVariables>;
export const NewestBackupsDocument = {"__meta__":{"hash":"sha256:a0f3679daf69c13b3c9c378c71722b6c39e3a484171dcbb7d3534cfaaec58f74"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"NewestBackups"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"duration"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}},{"kind":"Field","name":{"kind":"Name","value":"product"}}]}},{"kind":"Field","name":{"kind":"Name","value":"instance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"region"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}}]}}]}}]} as unknown as DocumentNode<NewestBackupsQuery, NewestBackupsQueryVariables>;
export const ProviderBackupsDocument = {"__meta__":{"hash":"sha256:8a9f54d5f814f6afaccdae380969604e08a1b4003e11ed28a672242005d4be1e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProviderBackups"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"since"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"providers"},"value":{"kind":"ListValue","values":[{"kind":"Variable","name":{"kind":"Name","value":"provider"}}]}},{"kind":"ObjectField","name":{"kind":"Name","value":"startedAfter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"since"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"instanceNativeId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"instanceNativeIds"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"vendorCode"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}}]}}]}}]}}]} as unknown as DocumentNode<ProviderBackupsQuery, ProviderBackupsQueryVariables>;
export const ProviderCoverageDocument = {"__meta__":{"hash":"sha256:86375fc8477a5283aadba287739394c6d1ad4bf2ee7c88fdbe8c6165569aa51c"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProviderCoverage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rpo"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Duration"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"coverage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rpo"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rpo"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"providers"},"value":{"kind":"ListValue","values":[{"kind":"Variable","name":{"kind":"Name","value":"provider"}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}},{"kind":"Field","name":{"kind":"Name","value":"unknownCount"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"instanceNativeIds"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"vendorCode"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}}]}},{"kind":"Field","name":{"kind":"Name","value":"instances"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"nativeId"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"engineVersion"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"coverage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rpo"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rpo"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"violations"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"policy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ProviderCoverageQuery, ProviderCoverageQueryVariables>;