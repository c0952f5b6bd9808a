import { getNamedType, isCompositeType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../../src/graphql/schema.js";
import { ASKING_FIELDS } from "../../../src/server/limits/fieldFacts.js";

/** Fields of objects that are told by what their parent has read, or by the configuration. */
const TOLD_BY_THEIR_PARENT = [
  "Backup.provider",
  "BackupConnection.edges",
  "BackupConnection.issues",
  "BackupConnection.nodes",
  "BackupConnection.pageInfo",
  "BackupEdge.node",
  "CoverageReport.instances",
  "CoverageReport.issues",
  "Instance.provider",
  "InstanceConnection.edges",
  "InstanceConnection.issues",
  "InstanceConnection.nodes",
  "InstanceConnection.pageInfo",
  "InstanceCoverage.lastSuccess",
  "InstanceEdge.node",
  "Provider.capabilities",
  "Provider.health",
  "Query._service",
  "Query.providers",
  "SourceIssue.provider",
];

/** Fields of plain values that ask a vendor. */
const PLAIN_BUT_ASKING = ["Provider.regions"];

test("every field of objects is known to ask vendors or to ask nobody", () => {
  const types = Object.values(buildSubgraph(buildGatewaySchema()).getTypeMap());
  const fields = types
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => isCompositeType(getNamedType(field.type)))
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect([...fields, ...PLAIN_BUT_ASKING].sort()).toEqual(
    [...ASKING_FIELDS, ...TOLD_BY_THEIR_PARENT].sort(),
  );
});
