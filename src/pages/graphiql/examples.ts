import failedBackups from "../../../schema/operations/FailedBackups.graphql?raw";
import instances from "../../../schema/operations/InstancesWithLatestBackup.graphql?raw";
import newestBackups from "../../../schema/operations/NewestBackups.graphql?raw";

const DAY_MS = 86_400_000;

interface Example {
  readonly query: string;
  readonly variables: string;
}

/** The example queries. `now` is epoch milliseconds. */
export const examples = (now: number): Example[] => [
  { query: newestBackups, variables: textOf({ first: 20, after: null }) },
  {
    query: failedBackups,
    variables: textOf({
      filter: { statuses: ["FAILED"], startedAfter: new Date(now - DAY_MS).toISOString() },
    }),
  },
  { query: instances, variables: textOf({ first: 10, after: null }) },
];

const textOf = (variables: object): string => JSON.stringify(variables, null, 2);
