import { getNamedType, isCompositeType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../../src/graphql/schema.js";
import { CALLING_FIELDS } from "../../../src/server/limits/vendorCalls.js";

/** Fields of objects that their parent has read, or that come from the configuration. */
const READ_BY_THEIR_PARENT = [
  "Backup.provider",
  "BackupConnection.edges",
  "BackupConnection.issues",
  "BackupConnection.nodes",
  "BackupConnection.pageInfo",
  "BackupEdge.node",
  "BackupStats.buckets",
  "BackupStats.issues",
  "BackupStats.total",
  "BackupStatsBucket.keys",
  "BackupStatsKey.provider",
  "CoverageReport.instances",
  "CoverageReport.issues",
  "Instance.provider",
  "InstanceConnection.edges",
  "InstanceConnection.issues",
  "InstanceConnection.nodes",
  "InstanceConnection.pageInfo",
  "InstanceCoverage.lastSuccess",
  "InstanceCoverage.policy",
  "InstanceEdge.node",
  "Provider.capabilities",
  "Provider.health",
  "Query._service",
  "Query.backupPolicies",
  "Query.providers",
  "SourceIssue.provider",
];

/** Fields that read lists of instances, which are cut, and nothing for single objects. */
const READ_AS_LISTS = [
  "Backup.instance",
  "BackupStatsKey.instance",
  "Provider.instances",
  "Query.instances",
];

/** Fields of plain values that cause vendor calls for single objects. */
const PLAIN_BUT_CALLING = [
  "Instance.automaticBackups",
  "Instance.encrypted",
  "Instance.project",
  "Instance.retention",
];

test("every field of objects either counts its vendor calls or is known to cause none for single objects", () => {
  const types = Object.values(buildSubgraph(buildGatewaySchema()).getTypeMap());
  const fields = types
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => isCompositeType(getNamedType(field.type)))
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect([...fields, ...PLAIN_BUT_CALLING].sort()).toEqual(
    [...CALLING_FIELDS, ...READ_BY_THEIR_PARENT, ...READ_AS_LISTS].sort(),
  );
});
