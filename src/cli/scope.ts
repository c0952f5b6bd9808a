import { closest } from "../domain/nearest.js";
import type { Provider } from "../domain/provider.js";
import { caught, SourceError } from "../errors.js";
import type { Reads } from "../domain/reads.js";
import type { ScopeFlags } from "./options.js";
import { UsageError } from "./surroundings.js";

/** A provider that a command is about, with its regions, or why they cannot be told. */
export interface ScopedProvider {
  readonly provider: Provider;
  readonly regions: readonly string[] | SourceError;
}

/**
 * The providers and regions that flags leave.
 * @throws {UsageError} for a name that is none, because nothing found would look like nothing there.
 */
export async function scopeOf(reads: Reads, flags: ScopeFlags): Promise<readonly ScopedProvider[]> {
  const all = reads.providers();
  const keys = all.map(({ key }) => key);
  for (const key of flags.provider ?? []) checkName("provider", key, keys);
  const chosen = all.filter(
    ({ key, vendor }) =>
      (flags.vendor?.includes(vendor) ?? true) && (flags.provider?.includes(key) ?? true),
  );
  const found = await Promise.all(
    chosen.map(async (provider) => ({ provider, regions: await caught(reads.regions(provider)) })),
  );
  checkRegions(found, flags);
  return found.map(({ provider, regions }) => ({
    provider,
    regions: regions instanceof SourceError ? regions : regions.filter(isIn(flags.region)),
  }));
}

/** Where a provider cannot tell its regions, a name that no other knows may be one of them. */
function checkRegions(found: readonly ScopedProvider[], { region: asked = [] }: ScopeFlags): void {
  const known = found.flatMap(({ regions }) => (regions instanceof SourceError ? [] : regions));
  if (found.some(({ regions }) => regions instanceof SourceError)) return;
  for (const name of asked) checkName("region", name, [...new Set(known)]);
}

const isIn =
  (names: readonly string[] | undefined) =>
  (name: string): boolean =>
    names?.includes(name) ?? true;

/** @throws {UsageError} for a name that is not known. */
export function checkName(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const guess = closest(name, known);
  const some = known.length > 0 && known.length <= 20 ? ` There is: ${known.join(", ")}.` : "";
  const right = guess === null ? some : ` Did you mean ${guess}?`;
  throw new UsageError(`No ${what} is called ${name}.${right}`);
}
