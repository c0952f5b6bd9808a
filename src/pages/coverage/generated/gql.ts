/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query BackupsByDay($since: DateTime!, $until: DateTime!, $providers: [String!], $timeZone: String) {\n  backupStats(\n    by: [DAY, STATUS]\n    filter: {providers: $providers, startedAfter: $since, startedBefore: $until}\n    timeZone: $timeZone\n  ) {\n    complete\n    issues {\n      provider {\n        key\n      }\n      region\n      code\n      message\n    }\n    buckets {\n      keys {\n        dimension\n        value\n      }\n      count\n      sizeBytes\n      sizedCount\n    }\n  }\n}": typeof types.BackupsByDayDocument,
    "query EstateProviders {\n  providers {\n    key\n    vendor\n    account\n  }\n}": typeof types.EstateProvidersDocument,
    "query InstanceBackups($id: ID!, $first: Int!, $after: String, $before: DateTime) {\n  instance(id: $id) {\n    backups(first: $first, after: $after, filter: {startedBefore: $before}) {\n      nodes {\n        id\n        startedAt\n        duration\n        status\n        vendorStatus\n        trigger\n        kind\n        sizeBytes\n        expiresAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      complete\n      issues {\n        code\n        message\n      }\n    }\n  }\n}": typeof types.InstanceBackupsDocument,
    "query ProviderBackups($provider: String!, $since: DateTime!, $first: Int!, $after: String) {\n  backups(\n    first: $first\n    after: $after\n    filter: {providers: [$provider], startedAfter: $since}\n  ) {\n    nodes {\n      startedAt\n      status\n      region\n      instanceNativeId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    complete\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n  }\n}": typeof types.ProviderBackupsDocument,
    "query ProviderCoverage($provider: String!, $rpo: Duration, $first: Int!, $after: String) {\n  coverage(rpo: $rpo, filter: {providers: [$provider]}) {\n    checkedAt\n    unknownCount\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n    instances(first: $first, after: $after) {\n      nodes {\n        id\n        name\n        nativeId\n        region\n        status\n        engineVersion\n        memoryBytes\n        createdAt\n        tags {\n          key\n          value\n        }\n        coverage(rpo: $rpo) {\n          state\n          reason\n          violations\n          age\n          policy {\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": typeof types.ProviderCoverageDocument,
};
const documents: Documents = {
    "query BackupsByDay($since: DateTime!, $until: DateTime!, $providers: [String!], $timeZone: String) {\n  backupStats(\n    by: [DAY, STATUS]\n    filter: {providers: $providers, startedAfter: $since, startedBefore: $until}\n    timeZone: $timeZone\n  ) {\n    complete\n    issues {\n      provider {\n        key\n      }\n      region\n      code\n      message\n    }\n    buckets {\n      keys {\n        dimension\n        value\n      }\n      count\n      sizeBytes\n      sizedCount\n    }\n  }\n}": types.BackupsByDayDocument,
    "query EstateProviders {\n  providers {\n    key\n    vendor\n    account\n  }\n}": types.EstateProvidersDocument,
    "query InstanceBackups($id: ID!, $first: Int!, $after: String, $before: DateTime) {\n  instance(id: $id) {\n    backups(first: $first, after: $after, filter: {startedBefore: $before}) {\n      nodes {\n        id\n        startedAt\n        duration\n        status\n        vendorStatus\n        trigger\n        kind\n        sizeBytes\n        expiresAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      complete\n      issues {\n        code\n        message\n      }\n    }\n  }\n}": types.InstanceBackupsDocument,
    "query ProviderBackups($provider: String!, $since: DateTime!, $first: Int!, $after: String) {\n  backups(\n    first: $first\n    after: $after\n    filter: {providers: [$provider], startedAfter: $since}\n  ) {\n    nodes {\n      startedAt\n      status\n      region\n      instanceNativeId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    complete\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n  }\n}": types.ProviderBackupsDocument,
    "query ProviderCoverage($provider: String!, $rpo: Duration, $first: Int!, $after: String) {\n  coverage(rpo: $rpo, filter: {providers: [$provider]}) {\n    checkedAt\n    unknownCount\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n    instances(first: $first, after: $after) {\n      nodes {\n        id\n        name\n        nativeId\n        region\n        status\n        engineVersion\n        memoryBytes\n        createdAt\n        tags {\n          key\n          value\n        }\n        coverage(rpo: $rpo) {\n          state\n          reason\n          violations\n          age\n          policy {\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": types.ProviderCoverageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query BackupsByDay($since: DateTime!, $until: DateTime!, $providers: [String!], $timeZone: String) {\n  backupStats(\n    by: [DAY, STATUS]\n    filter: {providers: $providers, startedAfter: $since, startedBefore: $until}\n    timeZone: $timeZone\n  ) {\n    complete\n    issues {\n      provider {\n        key\n      }\n      region\n      code\n      message\n    }\n    buckets {\n      keys {\n        dimension\n        value\n      }\n      count\n      sizeBytes\n      sizedCount\n    }\n  }\n}"): typeof import('./graphql.js').BackupsByDayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query EstateProviders {\n  providers {\n    key\n    vendor\n    account\n  }\n}"): typeof import('./graphql.js').EstateProvidersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query InstanceBackups($id: ID!, $first: Int!, $after: String, $before: DateTime) {\n  instance(id: $id) {\n    backups(first: $first, after: $after, filter: {startedBefore: $before}) {\n      nodes {\n        id\n        startedAt\n        duration\n        status\n        vendorStatus\n        trigger\n        kind\n        sizeBytes\n        expiresAt\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      complete\n      issues {\n        code\n        message\n      }\n    }\n  }\n}"): typeof import('./graphql.js').InstanceBackupsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ProviderBackups($provider: String!, $since: DateTime!, $first: Int!, $after: String) {\n  backups(\n    first: $first\n    after: $after\n    filter: {providers: [$provider], startedAfter: $since}\n  ) {\n    nodes {\n      startedAt\n      status\n      region\n      instanceNativeId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    complete\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n  }\n}"): typeof import('./graphql.js').ProviderBackupsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ProviderCoverage($provider: String!, $rpo: Duration, $first: Int!, $after: String) {\n  coverage(rpo: $rpo, filter: {providers: [$provider]}) {\n    checkedAt\n    unknownCount\n    issues {\n      region\n      count\n      instanceNativeIds\n      code\n      message\n      vendorCode\n      retryable\n      asOf\n    }\n    instances(first: $first, after: $after) {\n      nodes {\n        id\n        name\n        nativeId\n        region\n        status\n        engineVersion\n        memoryBytes\n        createdAt\n        tags {\n          key\n          value\n        }\n        coverage(rpo: $rpo) {\n          state\n          reason\n          violations\n          age\n          policy {\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}"): typeof import('./graphql.js').ProviderCoverageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
