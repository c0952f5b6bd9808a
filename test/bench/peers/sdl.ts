/** The part of the gateway's schema that the page queries use, with the cheapest types for it. */
export const SDL = `
  type Query { backups(first: Int, after: String): BackupConnection! }
  type BackupConnection { edges: [BackupEdge!]! pageInfo: PageInfo! }
  type BackupEdge { cursor: String! node: Backup! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  enum BackupStatus { PENDING RUNNING SUCCEEDED FAILED EXPIRED DELETED LOCKED UNKNOWN }
  enum BackupTrigger { AUTOMATIC MANUAL OTHER UNKNOWN }
  enum BackupMethod { PHYSICAL LOGICAL UNKNOWN }
  type Backup {
    id: ID! nativeId: String! name: String instanceNativeId: String! region: String!
    status: BackupStatus! trigger: BackupTrigger! method: BackupMethod!
    startedAt: String! finishedAt: String sizeBytes: Float engineVersion: String remark: String
  }
`;
