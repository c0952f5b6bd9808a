import { BackupView, type ViewedList, type ViewedPage } from "./backupView.js";
import type { BackupSources } from "./foundSources.js";
import type { Reader } from "./reader.js";
import { addressesIn } from "./targets.js";

/** For a page that owes nothing: no cursor of it names a source. */
export const NO_SOURCES = { sources: [], debtors: [], groups: new Map(), unsure: false };

/**
 * The page that merging what is at hand would give, where that is merged already; else null.
 *
 * Cost: none that grows with the number of sources.
 */
export function viewedPage(reader: Reader, list: ViewedList): ViewedPage | null {
  const { engine, operation } = reader;
  if (!isViewed(reader, list)) return null;
  const view = engine.views.get(nameOf(reader, list));
  if (view?.isOf(reader, list.walk.walkStart) !== true) return null;
  const page = view.page(reader, list);
  if (page === null) return null;
  for (const { vendor, action, cached } of view.calls)
    operation.calls.add(vendor, action, { cached });
  return page;
}

/** Sees to it that a list of which nothing is missing can be viewed when it is asked again. */
export function keepView(reader: Reader, list: ViewedList, found: BackupSources): void {
  const { engine } = reader;
  const { scope, walk } = list;
  if (!isViewed(reader, list) || found.unsure) return;
  const name = nameOf(reader, list);
  const kept = engine.views.get(name);
  // A page that it could not give may lie too deep, or have needed what was not at hand then.
  if (kept?.isOf(reader, walk.walkStart) === true) return;
  engine.views.set(name, new BackupView(reader, { scope, direction: walk.direction }, found));
}

/** Lists of few instances are soon merged, and are too many to be kept. */
const isViewed = ({ engine }: Reader, { scope, walk }: ViewedList): boolean =>
  walk.owed.length === 0 && engine.ports.settings.ttlMs > 0 && addressesIn(scope) === null;

/** The caller's providers, the list's scope and the direction decide what is merged. */
function nameOf({ engine, providers }: Reader, { scope, walk }: ViewedList): string {
  const visible = providers === engine.providers ? null : [...providers.keys()];
  const { vendors, providers: wanted, regions } = scope;
  return JSON.stringify([visible, vendors, wanted, regions, walk.direction]);
}
