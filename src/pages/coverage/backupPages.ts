import type { Ask } from "./ask.js";
import { InstanceBackupsDocument, type InstanceBackupsQuery } from "./generated/graphql.js";

type Page = NonNullable<NonNullable<InstanceBackupsQuery["instance"]>["backups"]>;

/** A backup as the drawer shows it. */
export type ShownBackup = Page["nodes"][number];

/** The backups of one instance that have been read so far, newest first. */
export interface BackupPages {
  readonly backups: readonly ShownBackup[];
  /** The issues of the last page. */
  readonly issues: Page["issues"];
  /** Whether nothing is missing from the pages so far. */
  readonly isComplete: boolean;
  readonly hasOlder: boolean;
  /** The cursor of the next page. */
  readonly cursor: string | null;
}

/** The state before the first page. */
export const NO_PAGES: BackupPages = {
  backups: [],
  issues: [],
  isComplete: true,
  hasOlder: true,
  cursor: null,
};

/** Rows per page. */
const PAGE_SIZE = 20;

/** The backups to read. */
export interface PagesQuestion {
  /** The instance's global id. */
  readonly id: string;
  /** Only backups that started before this time, in epoch milliseconds. Null means all. */
  readonly before: number | null;
  readonly signal: AbortSignal;
}

/** Reads the next page and adds it to the earlier ones. */
export async function nextPage(
  ask: Ask,
  { id, before, signal }: PagesQuestion,
  pages: BackupPages,
): Promise<BackupPages> {
  const variables = {
    id,
    first: PAGE_SIZE,
    after: pages.cursor,
    before: before === null ? null : new Date(before).toISOString(),
  };
  const { instance } = await ask(InstanceBackupsDocument, variables, signal);
  const page = instance?.backups;
  if (!page) return { ...pages, hasOlder: false };
  return {
    backups: [...pages.backups, ...page.nodes],
    issues: page.issues,
    isComplete: page.complete,
    hasOlder: page.pageInfo.hasNextPage,
    cursor: page.pageInfo.endCursor,
  };
}
