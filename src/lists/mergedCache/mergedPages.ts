import type { Backup } from "../../domain/backup.js";
import type { Connection } from "../../domain/connection.js";
import { backupConnection } from "../backupConnection.js";
import { BackupView } from "./backupView.js";
import type { BackupSources } from "../foundSources.js";
import type { Reader } from "../readContext.js";
import { nameOf, type ViewedList } from "../viewedList.js";
import { NO_SOURCES } from "../walk.js";

const NOT_COUNTED = Promise.resolve(null);

/**
 * The page that merging what is at hand would give, where that is merged already; else null. `count`
 * counts the list's rows.
 *
 * Cost: none that grows with the number of sources.
 */
export function viewedPage(
  reader: Reader,
  list: ViewedList,
  count: () => Promise<number | null>,
): Connection<Backup> | null {
  const { kept, operation } = reader;
  if (!isViewed(reader, list)) return null;
  const view = kept.views.get(nameOf(reader, list)) as BackupView | undefined;
  if (view?.isOf(reader, list.walk.walkStart) !== true) return null;
  const made = view.page(reader, list, (page) =>
    backupConnection(reader, list, {
      ...page,
      found: NO_SOURCES,
      issues: [],
      count: () => NOT_COUNTED,
    }),
  );
  if (made === null) return null;
  for (const { vendor, action, cached } of view.calls)
    operation.calls.add(vendor, action, { cached });
  return new CountedPage(made, count);
}

/** The same page, whose rows another operation counts. */
class CountedPage implements Connection<Backup> {
  readonly edges: Connection<Backup>["edges"];
  readonly complete: boolean;
  readonly issues: Connection<Backup>["issues"];
  private total: Promise<number | null> | undefined;

  constructor(
    private readonly page: Connection<Backup>,
    private readonly count: () => Promise<number | null>,
  ) {
    this.edges = page.edges;
    this.complete = page.complete;
    this.issues = page.issues;
  }

  get startCursor(): string | null {
    return this.page.startCursor;
  }

  get endCursor(): string | null {
    return this.page.endCursor;
  }

  hasNextPage(): boolean | Promise<boolean> {
    return this.page.hasNextPage();
  }

  hasPreviousPage(): boolean | Promise<boolean> {
    return this.page.hasPreviousPage();
  }

  totalCount(): Promise<number | null> {
    return (this.total ??= this.count());
  }
}

/** Sees to it that a list of which nothing is missing can be viewed when it is asked again. */
export function keepView(reader: Reader, list: ViewedList, found: BackupSources): void {
  const { views } = reader.kept;
  const { scope, walk } = list;
  if (!isViewed(reader, list) || found.unsure) return;
  const name = nameOf(reader, list);
  const kept = views.get(name) as BackupView | undefined;
  // A page that it could not give may lie too deep, or have needed what was not at hand then.
  if (kept?.isOf(reader, walk.walkStart) === true) return;
  views.set(name, new BackupView(reader, { scope, direction: walk.direction }, found));
}

/** Lists of few instances are soon merged, and are too many to be kept. */
const isViewed = ({ engine }: Reader, { scope, walk }: ViewedList): boolean =>
  walk.owed.length === 0 && engine.ports.settings.ttlMs > 0 && scope.instances === null;
