import fc from "fast-check";
import { EVERY_BACKUP, type BackupFilter } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import type { BackupStatus } from "../../src/domain/words.js";
import { providerKey, type InstanceFacts } from "./modelCloud.js";
import type { ModelEstate } from "./modelEstate.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How a filter is made from what an estate holds. Places are indexes, and begin again behind the last. */
export interface FilterScenario {
  /** The place of the backup that passes the filter; null for a filter that no backup needs to pass. */
  readonly aim: number | null;
  /** Which conditions there are, and what passes them besides that backup. */
  readonly providers: readonly number[] | null;
  readonly regions: readonly string[] | null;
  readonly instances: readonly number[] | null;
  readonly statuses: readonly BackupStatus[] | null;
  readonly selection: "name" | "tag" | "both" | null;
  /** How long before and after the backup the range ends; null where it does not. Units: milliseconds. */
  readonly before: number | null;
  readonly after: number | null;
}

const some = <T>(part: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(part, { freq: 1 });

const distance = fc.oneof(fc.constantFrom(0, 1, HOUR, DAY), fc.integer({ min: 0, max: 8 * DAY }));

/** Filters over what model estates hold, most of which match at least one backup. */
export const filters: fc.Arbitrary<FilterScenario | null> = fc.option(
  fc.record({
    aim: fc.option(fc.nat(47), { freq: 9 }),
    providers: some(fc.subarray([0, 1, 2])),
    regions: some(fc.subarray(["g0", "g1"])),
    instances: some(fc.uniqueArray(fc.nat(11), { maxLength: 4 })),
    statuses: some(fc.subarray<BackupStatus>(["SUCCEEDED", "FAILED", "RUNNING"])),
    selection: fc.option(fc.constantFrom("name" as const, "tag" as const, "both" as const), {
      freq: 1,
    }),
    before: some(distance),
    after: some(distance),
  }),
);

/** The filter of a scenario, over what an estate holds now. */
export function filterIn(estate: ModelEstate, scenario: FilterScenario | null): BackupFilter {
  if (scenario === null) return EVERY_BACKUP;
  const { aim, providers, regions, instances, statuses, selection, before, after } = scenario;
  const backups = estate.backups().filter((backup) => estate.isVisible(backup, estate.world.now));
  const all = estate.instanceIds();
  const aimed = aim === null ? undefined : backups[aim % Math.max(backups.length, 1)];
  const and = <T>(values: readonly T[] | null, own: T | undefined): readonly T[] | null =>
    values === null || own === undefined ? values : [...new Set([...values, own])];
  const { account, region } = aimed?.region ?? {};
  const provider = account === undefined ? undefined : providerKey(account);
  const ids = instances?.flatMap((at) => all[at % all.length] ?? []) ?? null;
  const startedAt = aimed?.row.startedAt ?? estate.world.now - 4 * DAY;
  const { status, instance } = aimed?.row.facts ?? {};
  const own = provider && region && instanceId(provider, region, String(instance));
  // What was never listed has neither a name nor tags.
  const facts = aimed && estate.instanceOf(aimed)?.facts;
  const selects = aimed === undefined || facts !== undefined ? selection : null;
  const { name, tags } = (facts ?? NO_INSTANCE) as unknown as InstanceFacts;
  return {
    ...EVERY_BACKUP,
    providers: and(providers?.map(providerKey) ?? null, provider),
    regions: and(regions, region),
    instanceIds: and(ids, own),
    statuses: and(statuses, status as BackupStatus | undefined),
    instanceNameContains: selects === "name" || selects === "both" ? name.slice(-2) : null,
    tags:
      selects === "tag" || selects === "both"
        ? tags.map(({ key, value }) => ({ key, values: [value] }))
        : null,
    startedAfter: before === null ? null : startedAt - before,
    startedBefore: after === null ? null : startedAt + after + 1,
  };
}

/** What a filter that is aimed at no backup selects instances by. */
const NO_INSTANCE = { name: "2", tags: [{ key: "team", value: "blue" }] };
