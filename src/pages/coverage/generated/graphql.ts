/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** How much a backup holds. */
export type BackupKind =
  /** All data by itself. */
  | 'FULL'
  /** What changed since an earlier backup, which it needs. */
  | 'INCREMENTAL'
  /** The vendor does not say. */
  | 'UNKNOWN';

/** How far a backup is, in one vocabulary for all vendors. */
export type BackupStatus =
  /** It was deleted. */
  | 'DELETED'
  /** Its retention has ended. */
  | 'EXPIRED'
  /** It was not written, or not whole. */
  | 'FAILED'
  /** It is in use by another task, and cannot be told to be whole. */
  | 'LOCKED'
  /** It is being written. */
  | 'RUNNING'
  /** It was written whole. */
  | 'SUCCEEDED'
  /** The vendor said a word that the gateway does not know: see vendorStatus. */
  | 'UNKNOWN';

/** What started a backup. */
export type BackupTrigger =
  /** A schedule. */
  | 'AUTOMATIC'
  /** A person or a program, by a request of its own. */
  | 'MANUAL'
  /** Something else that the vendor names, such as a migration. */
  | 'OTHER'
  /** The vendor does not say. */
  | 'UNKNOWN';

/** Whether an instance has a recent enough backup. */
export type CoverageState =
  /** A whole backup was started within the recovery point objective. */
  | 'PROTECTED'
  /** It cannot be told now: see the reason. */
  | 'UNKNOWN'
  /** No whole backup was started within it, and that is certain. */
  | 'VIOLATING';

/** What an instance is doing, in one vocabulary for all vendors. */
export type InstanceStatus =
  /** It is being changed: resized, moved, upgraded, restored or restarted. */
  | 'CHANGING'
  /** It is being made and does not serve yet. */
  | 'CREATING'
  /** It was deleted; its backups may live on. */
  | 'DELETED'
  /** It is out of order. */
  | 'FAILED'
  /** It serves. */
  | 'RUNNING'
  /** It was stopped or isolated, and does not serve. */
  | 'STOPPED'
  /** The vendor said nothing, or a word that the gateway does not know: see vendorStatus. */
  | 'UNKNOWN';

/** Why rows of a source are missing or old. */
export type SourceIssueCode =
  /** The vendor's answer could not be understood, whole or in one row. */
  | 'BAD_RESPONSE'
  /** The time or the calls of this operation ran out; the next page goes on from here. */
  | 'CUT'
  /** The gateway's own keys may not read this. */
  | 'FORBIDDEN'
  /** The vendor does not know the instance or the region. */
  | 'NOT_FOUND'
  /** The list is longer than the gateway is allowed to read. */
  | 'SCAN_LIMIT'
  /** The vendor failed, and older data is shown: see asOf. */
  | 'STALE'
  /** The vendor, or the quota kept for it, allows no further call now. */
  | 'THROTTLED'
  /** The vendor did not answer in time. */
  | 'TIMEOUT'
  /** The vendor refused the gateway's own keys. */
  | 'UNAUTHENTICATED'
  /** The vendor cannot be reached, or says that it is out of order. */
  | 'UNAVAILABLE';

/** The company whose cloud holds an object. Only in answers, so that new vendors break no client. */
export type Vendor =
  /** Alibaba Cloud. */
  | 'ALIBABA'
  /** Tencent Cloud. */
  | 'TENCENT'
  /** UCloud, also under the name and host of a reseller. */
  | 'UCLOUD';

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


export type ProviderBackupsQuery = { backups: { complete: boolean, nodes: Array<{ startedAt: string, status: BackupStatus, region: string, instanceNativeId: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, issues: Array<{ region: string | null, instanceNativeId: string | null, code: SourceIssueCode, message: string, retryable: boolean, asOf: string | null }> } | null };

export type ProviderCoverageQueryVariables = Exact<{
  provider: string;
  rpo: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ProviderCoverageQuery = { coverage: { checkedAt: string, unknownCount: number, issues: Array<{ region: string | null, instanceNativeId: string | null, code: SourceIssueCode, message: string, retryable: boolean, asOf: string | null }>, instances: { nodes: Array<{ id: string, name: string | null, nativeId: string, region: string, status: InstanceStatus, engineVersion: string | null, memoryBytes: number | null, createdAt: string | null, coverage: { state: CoverageState, reason: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

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
      instanceNativeId
      code
      message
      retryable
      asOf
    }
  }
}
    `) as unknown as TypedDocumentString<ProviderBackupsQuery, ProviderBackupsQueryVariables>;
export const ProviderCoverageDocument = new TypedDocumentString(`
    query ProviderCoverage($provider: String!, $rpo: Duration!, $first: Int!, $after: String) {
  coverage(rpo: $rpo, filter: {providers: [$provider]}) {
    checkedAt
    unknownCount
    issues {
      region
      instanceNativeId
      code
      message
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
        coverage(rpo: $rpo) {
          state
          reason
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