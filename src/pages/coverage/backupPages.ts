import type { Ask } from "./ask.js";
import { InstanceBackupsDocument, type InstanceBackupsQuery } from "./generated/graphql.js";

type Page = NonNullable<NonNullable<InstanceBackupsQuery["instance"]>["backups"]>;

/** A backup as the drawer shows it. */
export type ShownBackup = Page["nodes"][number];

/** The backups of one instance as far as they have been asked for, newest first. */
export interface BackupPages {
  readonly backups: readonly ShownBackup[];
  /** What the last page could not tell. */
  readonly issues: Page["issues"];
  /** Whether all that was asked for is there. */
  readonly isComplete: boolean;
  readonly hasOlder: boolean;
  /** Where the next page begins. */
  readonly cursor: string | null;
}

/** Before anything was asked. */
export const NO_PAGES: BackupPages = {
  backups: [],
  issues: [],
  isComplete: true,
  hasOlder: true,
  cursor: null,
};

/** Rows that are asked for at a time. */
const PAGE_SIZE = 20;

/** What is asked for. */
export interface PagesQuestion {
  /** The instance's global id. */
  readonly id: string;
  /** Only what was started earlier; epoch milliseconds, null for all. */
  readonly before: number | null;
  readonly signal: AbortSignal;
}

/** Asks for the page that follows, and adds it to those before it. */
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
