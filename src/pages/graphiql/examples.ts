import backupsByDay from "../../../schema/operations/BackupsByDay.graphql?raw";
import failedBackups from "../../../schema/operations/FailedBackups.graphql?raw";
import newestBackups from "../../../schema/operations/NewestBackups.graphql?raw";
import backupsByTag from "./queries/BackupsByTag.graphql?raw";
import backupsOfInstance from "./queries/BackupsOfInstance.graphql?raw";
import lastGoodBackup from "./queries/LastGoodBackup.graphql?raw";
import policies from "./queries/Policies.graphql?raw";
import providerHealth from "./queries/ProviderHealth.graphql?raw";
import storageByProvider from "./queries/StorageByProvider.graphql?raw";
import unprotectedInstances from "./queries/UnprotectedInstances.graphql?raw";

const DAY_MS = 86_400_000;

/** A query that GraphiQL opens with. */
export interface Example {
  readonly query: string;
  readonly variables: string;
}

/** The questions that people ask most, each with variables. `now` is epoch milliseconds. */
export function examples(now: number): Example[] {
  const daysAgo = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  const name = "orders";
  return [
    exampleOf(newestBackups, { first: 20, after: null }),
    exampleOf(unprotectedInstances, { first: 20 }),
    exampleOf(failedBackups, { filter: { statuses: ["FAILED"], startedAfter: daysAgo(1) } }),
    exampleOf(backupsOfInstance, { name, first: 10 }),
    exampleOf(lastGoodBackup, { name }),
    exampleOf(backupsByDay, { since: daysAgo(30), until: daysAgo(0), timeZone: "UTC" }),
    exampleOf(storageByProvider, { filter: { startedAfter: daysAgo(30) } }),
    exampleOf(backupsByTag, { tags: [{ key: "env", values: ["prod"] }], first: 20 }),
    exampleOf(policies, { policies: ["default"], first: 20 }),
    exampleOf(providerHealth, {}),
  ];
}

const exampleOf = (query: string, variables: object): Example => ({
  query,
  variables: JSON.stringify(variables, null, 2),
});
