import type { Backup } from "../domain/backup.js";
import type { CoverageReport } from "../domain/coverage.js";
import { durationOf } from "../domain/duration.js";
import { instantShown, instantText, type Column } from "./columns.js";

/** An instance, how it stands, and its newest good backup, however old. */
export type Entry = CoverageReport["entries"][number] & { readonly newest: Backup | null };

const startOf = ({ newest }: Entry): number | null => newest?.startedAt ?? null;

const ageOf = ({ coverage, newest }: Entry): string | null =>
  newest === null ? null : durationOf(coverage.checkedAt - newest.startedAt);

/** An instance as `coverage` writes it, by the names that the GraphQL schema has. */
export const COVERAGE_COLUMNS: readonly Column<Entry>[] = [
  { name: "state", title: "STATE", of: ({ coverage }) => coverage.state },
  { name: "provider", title: "PROVIDER", of: ({ instance }) => instance.provider },
  { name: "region", title: "REGION", of: ({ instance }) => instance.region },
  { name: "nativeId", title: "INSTANCE", of: ({ instance }) => instance.nativeId },
  { name: "name", title: "NAME", of: ({ instance }) => instance.name },
  {
    name: "lastSuccessAt",
    title: "LAST GOOD BACKUP",
    of: (entry) => instantText(startOf(entry)),
    // Of the others it was not looked for.
    shown: (entry) =>
      entry.newest === null && entry.coverage.state === "VIOLATING"
        ? "none known"
        : instantShown(startOf(entry)),
  },
  { name: "reason", title: "REASON", of: ({ coverage }) => coverage.reason },
  { name: "age", of: ageOf },
  { name: "instanceId", of: ({ instance }) => instance.id },
  { name: "backupId", of: ({ newest }) => newest?.id ?? null },
];
