/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** How much data a backup holds. */
export type BackupKind =
  /** All data. It can be restored without other backups. */
  | 'FULL'
  /** The changes since an earlier backup, which is needed to restore it. */
  | 'INCREMENTAL'
  /** The vendor does not say. */
  | 'UNKNOWN';

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

export type BackupsByDayQueryVariables = Exact<{
  since: string;
  until: string;
  providers?: Array<string> | string | null | undefined;
  timeZone?: string | null | undefined;
}>;


export type BackupsByDayQuery = { backupStats: { complete: boolean, issues: Array<{ region: string | null, code: SourceIssueCode, message: string, provider: { key: string } }>, buckets: Array<{ count: number, sizeBytes: number, sizedCount: number, keys: Array<{ dimension: BackupDimension, value: string | null }> }> } | null };

export type EstateProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type EstateProvidersQuery = { providers: Array<{ key: string, vendor: Vendor, account: string }> };

export type InstanceBackupsQueryVariables = Exact<{
  id: string;
  first: number;
  after?: string | null | undefined;
  before?: string | null | undefined;
}>;


export type InstanceBackupsQuery = { instance: { backups: { complete: boolean, nodes: Array<{ id: string, startedAt: string, duration: string | null, status: BackupStatus, vendorStatus: string, trigger: BackupTrigger, kind: BackupKind, sizeBytes: number | null, expiresAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, issues: Array<{ code: SourceIssueCode, message: string }> } | null } | null };

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

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const BackupsByDayDocument = new TypedDocumentString(`
    query BackupsByDay($since: DateTime!, $until: DateTime!, $providers: [String!], $timeZone: String) {
  backupStats(
    by: [DAY, STATUS]
    filter: {providers: $providers, startedAfter: $since, startedBefore: $until}
    timeZone: $timeZone
  ) {
    complete
    issues {
      provider {
        key
      }
      region
      code
      message
    }
    buckets {
      keys {
        dimension
        value
      }
      count
      sizeBytes
      sizedCount
    }
  }
}
    `) as unknown as TypedDocumentString<BackupsByDayQuery, BackupsByDayQueryVariables>;
export const EstateProvidersDocument = new TypedDocumentString(`
    query EstateProviders {
  providers {
    key
    vendor
    account
  }
}
    `) as unknown as TypedDocumentString<EstateProvidersQuery, EstateProvidersQueryVariables>;
export const InstanceBackupsDocument = new TypedDocumentString(`
    query InstanceBackups($id: ID!, $first: Int!, $after: String, $before: DateTime) {
  instance(id: $id) {
    backups(first: $first, after: $after, filter: {startedBefore: $before}) {
      nodes {
        id
        startedAt
        duration
        status
        vendorStatus
        trigger
        kind
        sizeBytes
        expiresAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      complete
      issues {
        code
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<InstanceBackupsQuery, InstanceBackupsQueryVariables>;
export const ProviderBackupsDocument = new TypedDocumentString(`
    query ProviderBackups($provider: String!, $since: DateTime!, $first: Int!, $after: String) {
  backups(
    first: $first
    after: $after
    filter: {providers: [$provider], startedAfter: $since}
  ) {
    nodes {
      startedAt
      status
      region
      instanceNativeId
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    complete
    issues {
      region
      count
      instanceNativeIds
      code
      message
      vendorCode
      retryable
      asOf
    }
  }
}
    `) as unknown as TypedDocumentString<ProviderBackupsQuery, ProviderBackupsQueryVariables>;
export const ProviderCoverageDocument = new TypedDocumentString(`
    query ProviderCoverage($provider: String!, $rpo: Duration, $first: Int!, $after: String) {
  coverage(rpo: $rpo, filter: {providers: [$provider]}) {
    checkedAt
    unknownCount
    issues {
      region
      count
      instanceNativeIds
      code
      message
      vendorCode
      retryable
      asOf
    }
    instances(first: $first, after: $after) {
      nodes {
        id
        name
        nativeId
        region
        status
        engineVersion
        memoryBytes
        createdAt
        tags {
          key
          value
        }
        coverage(rpo: $rpo) {
          state
          reason
          violations
          age
          policy {
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ProviderCoverageQuery, ProviderCoverageQueryVariables>;