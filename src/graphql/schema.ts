// Decorators read the metadata that this import sets up, so it comes first.
import "reflect-metadata";
import { type GraphQLSchema, printSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { BackupResolver } from "./backup.resolver.js";
import { CoverageReportResolver, InstanceCoverageResolver } from "./coverage.resolver.js";
import { InstanceResolver } from "./instance.resolver.js";
import { ProviderResolver } from "./provider.resolver.js";
import { QueryResolver } from "./query.resolver.js";
import { SourceIssueResolver } from "./sourceIssue.resolver.js";

/** Builds the executable schema from the decorated classes. */
export function buildGatewaySchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      QueryResolver,
      ProviderResolver,
      InstanceResolver,
      BackupResolver,
      SourceIssueResolver,
      CoverageReportResolver,
      InstanceCoverageResolver,
    ],
    // Arguments are checked by the functions that read them, without class-validator.
    validate: false,
  });
  const query = schema.getQueryType();
  if (query) query.description = "Every Redis backup of every configured cloud account.";
  return schema;
}

/** The schema as text with descriptions, types and fields as declared. */
export const printSdl = (): string => `${printSchema(buildGatewaySchema())}\n`;
