import fc from "fast-check";
import { expect, test } from "vitest";
import type { Connection, WantedPage } from "../../src/domain/connection.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import type { Instance } from "../../src/domain/instance.js";
import { EngineReads } from "../../src/lists/reads.js";
import type { CloudQuestion } from "../model/modelCloud.js";
import { ModelEstate, PLAIN_LIST, type AccountScenario } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, UNBOUNDED } from "../model/walker.js";
import { runs } from "../runs.js";
import { wanted } from "../wantedPage.js";

/** How calls fail, until so many pages were read; the last for good. */
const FAULTS = [null, null, "TIMEOUT", "UNAVAILABLE", "FORBIDDEN"] as const;

/** What a page may cost, and the milliseconds until the next one. */
interface Pace {
  readonly vendorCalls: number;
  readonly waitMs: number;
}

const UNBOUNDED_PACE: Pace = { vendorCalls: UNBOUNDED.vendorCalls, waitMs: 0 };

/** What is refused is asked again after `ttl`: if a page can make few calls, the next one comes before that. */
const PACES: readonly Pace[] = [
  UNBOUNDED_PACE,
  { ...UNBOUNDED_PACE, waitMs: 31_000 },
  { vendorCalls: 1, waitMs: 0 },
  { vendorCalls: 2, waitMs: 0 },
  { vendorCalls: 5, waitMs: 10 },
];

const scenarios = fc.record({
  regions: fc.integer({ min: 1, max: 3 }),
  instances: fc.integer({ min: 0, max: 9 }),
  /** Of the tags of an instance, by its number. */
  tagFaults: fc.array(fc.constantFrom(...FAULTS), { minLength: 9, maxLength: 9 }),
  /** Of the list of instances of a region, by the number of the region. */
  listFaults: fc.array(fc.constantFrom(null, null, ...FAULTS), { minLength: 3, maxLength: 3 }),
  healedAfter: fc.nat(6),
  listsHealedAfter: fc.nat(6),
  size: fc.integer({ min: 1, max: 4 }),
  /** The part of a page that is taken before the walk goes on from there. */
  takes: fc.constantFrom(1, 1, 0.5),
  backwards: fc.boolean(),
  pace: fc.constantFrom(...PACES),
  isTagged: fc.boolean(),
});

type Scenario = typeof scenarios extends fc.Arbitrary<infer S> ? S : never;

const accountOf = ({ regions, instances }: Scenario): AccountScenario => ({
  own: PLAIN_LIST,
  wide: null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - 1_000, newest: EPOCH, order: "newestFirst", grain: 1 },
  regions,
  instances: Array.from({ length: instances }, (_, i) => ({
    region: i % regions,
    ageMs: null,
    listed: true,
  })),
  rows: [],
  tagsByCall: true,
});

const pageOf = (
  gateway: ModelGateway,
  { isTagged, pace: { vendorCalls } }: Scenario,
  page: WantedPage,
): Promise<Connection<Instance>> =>
  new EngineReads(gateway.open({ ...UNBOUNDED, vendorCalls })).instances({
    parent: { type: "Query" },
    page,
    filter: isTagged
      ? { ...EVERY_INSTANCE, tags: [{ key: "team", values: ["blue"] }] }
      : EVERY_INSTANCE,
    onSourceError: "PARTIAL",
  });

test("a walk over instances shows each one once, and is complete only if it has shown all", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { size, takes, backwards, pace, isTagged } = scenario;
      const healed = { ListTags: scenario.healedAfter, ListInstances: scenario.listsHealedAfter };
      const allHealed = Math.max(...Object.values(healed));
      const estate = new ModelEstate([accountOf(scenario)], EPOCH);
      const unbounded = { ...scenario, pace: UNBOUNDED_PACE };
      const whole = await pageOf(new ModelGateway(estate), unbounded, wanted({ first: 200 }));
      const every = await pageOf(
        new ModelGateway(estate),
        { ...unbounded, isTagged: false },
        wanted({ first: 200 }),
      );
      const regions = [...new Set(every.edges.map(({ node }) => node.region))];
      const faultOf = ({ action, region, instance }: CloudQuestion) => {
        if (action === "ListTags")
          return scenario.tagFaults[Number(instance?.slice(1)) % 9] ?? null;
        const index = regions.indexOf(region ?? "");
        return action === "ListInstances" ? (scenario.listFaults[index] ?? null) : null;
      };
      const isRefused = ({ nativeId, region }: Instance): boolean =>
        scenario.listFaults[regions.indexOf(region)] === "FORBIDDEN" ||
        (isTagged && scenario.tagFaults[Number(nativeId.slice(1)) % 9] === "FORBIDDEN");
      const shown = whole.edges.filter(({ node }) => !isRefused(node));
      const expected = shown.map(({ node: { nativeId } }) => nativeId);
      const hasRefused = every.edges.some(({ node }) => isRefused(node));

      const gateway = new ModelGateway(estate);
      const ids: string[] = [];
      let cursor: string | null = null;
      for (let pages = 0; ; pages += 1) {
        estate.script.failing = (question) => {
          const fault = faultOf(question);
          const until = question.action === "ListTags" ? healed.ListTags : healed.ListInstances;
          return fault === "FORBIDDEN" || pages < until ? fault : null;
        };
        const args = backwards
          ? wanted({ last: size, before: cursor })
          : wanted({ first: size, after: cursor });
        const page = await pageOf(gateway, scenario, args);
        const edges = backwards ? [...page.edges].reverse() : page.edges;
        const taken = edges.slice(0, Math.ceil(takes * edges.length));
        ids.push(...taken.map(({ node: { nativeId } }) => nativeId));
        const isWhole = taken.length === edges.length;
        const last = backwards ? page.startCursor : page.endCursor;
        cursor = isWhole ? last : (taken.at(-1)?.cursor ?? null);
        const hasMore =
          !isWhole || (await (backwards ? page.hasPreviousPage() : page.hasNextPage()));
        if (page.complete && !hasMore)
          expect([hasRefused, ids.length]).toEqual([false, expected.length]);
        const isOver = page.issues.every(({ code }) => code === "FORBIDDEN");
        if (!hasMore && pages >= allHealed && isOver) {
          expect(page.complete).toBe(!hasRefused);
          break;
        }
        expect(pages).toBeLessThan(200);
        estate.world.now += pace.waitMs;
      }
      expect([...ids].sort()).toEqual([...expected].sort());
    }),
    runs(150),
  );
});
