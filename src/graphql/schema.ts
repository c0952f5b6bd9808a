// The decorators need this import, so it comes first.
import "reflect-metadata";
import { type GraphQLSchema, printSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { BackupResolver } from "./backup.resolver.js";
import { InstanceResolver } from "./instance.resolver.js";
import { ProviderResolver } from "./provider.resolver.js";
import { QueryResolver } from "./query.resolver.js";
import { SourceIssueResolver } from "./sourceIssue.type.js";
import { BackupStatsKeyResolver } from "./stats.resolver.js";

/** Builds the executable schema from the decorated classes. */
export function buildGatewaySchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      QueryResolver,
      ProviderResolver,
      InstanceResolver,
      BackupResolver,
      SourceIssueResolver,
      BackupStatsKeyResolver,
    ],
    // The functions that read arguments check them, so class-validator is not needed.
    validate: false,
  });
  const query = schema.getQueryType();
  if (query) query.description = "The Redis backups of all configured cloud accounts.";
  return schema;
}

/** The schema as SDL, with descriptions. */
export const printSdl = (): string => `${printSchema(buildGatewaySchema())}\n`;
