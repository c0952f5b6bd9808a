import { expect, test } from "vitest";
import { ANYONE } from "../../src/domain/principal.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { EngineReads } from "../../src/lists/reads.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import { answerOf } from "../execution.js";
import { ModelEstate, PLAIN_LIST } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, UNBOUNDED } from "../model/walker.js";

const DAY = 86_400_000;
const FAILING = 10_000;
const HEALTHY = 20;

const schema = buildGatewaySchema();

/** 10,000 instances whose backups cannot be read, and a few others. */
const manyFailing = (failing = FAILING, firstHealthy = 0) =>
  new ModelEstate(
    [
      {
        own: PLAIN_LIST,
        wide: null,
        refusesWide: false,
        instanceList: {
          ...PLAIN_LIST,
          shape: {
            ...PLAIN_LIST.shape,
            page: { style: "offset", offset: "o", limit: "l", max: 5_000, aligned: false },
            defaultSize: 5_000,
          },
        },
        extent: { oldest: EPOCH - DAY, newest: EPOCH - 60_000, order: "newestFirst", grain: 1 },
        regions: 1,
        instances: Array.from({ length: failing + HEALTHY }, () => ({
          region: 0,
          ageMs: null,
          listed: true,
        })),
        rows: Array.from({ length: HEALTHY }, (_, i) => ({
          instance: firstHealthy + i,
          start: i / HEALTHY,
          lasts: null,
        })),
      },
    ],
    EPOCH,
  );

test.each([
  { code: "FORBIDDEN" as const, pageInfo: "hasNextPage hasPreviousPage startCursor endCursor" },
  // Pending sources make a cursor long, so that an answer has room for one.
  { code: "UNAVAILABLE" as const, pageInfo: "hasNextPage hasPreviousPage endCursor" },
])("an answer over 10,000 sources that fail with $code stays under 64 kB", async (given) => {
  const estate = manyFailing();
  estate.script.failing = ({ action, instance }) =>
    action === "ListBackups" && Number(String(instance).slice(1)) > HEALTHY ? given.code : null;
  const gateway = new ModelGateway(estate, { scanRows: 20_000 });
  const reads = new EngineReads(gateway.open());
  const answer = await answerOf({
    schema,
    source: `{ backups(first: 10) {
      nodes { id } complete pageInfo { ${given.pageInfo} }
      issues { code count instanceNativeId instanceNativeIds vendorCode message }
    } }`,
    contextValue: {
      reads,
      loaders: makeLoaders(reads),
      principal: ANYONE,
      requestId: "r",
      operation: {},
      limits: { first: 200 },
    },
  });
  const text = JSON.stringify(answer);
  expect(answer).toMatchObject({
    data: {
      backups: {
        complete: false,
        pageInfo: { hasNextPage: true, endCursor: expect.any(String) as string },
        issues: [{ code: given.code, count: FAILING, instanceNativeId: null }],
      },
    },
  });
  const { backups } = answer.data as {
    backups: { nodes: unknown[]; issues: { instanceNativeIds: string[] }[] };
  };
  expect(backups.nodes).toHaveLength(10);
  expect(backups.issues[0]?.instanceNativeIds).toHaveLength(20);
  expect(Buffer.byteLength(text)).toBeLessThan(65_536);
});

test("statistics reach the lists that can be read, however few calls a request has", async () => {
  // Those that fail are listed before the others.
  const estate = manyFailing(300, 300);
  estate.script.failing = ({ action, instance }) =>
    action === "ListBackups" && Number(String(instance).slice(1)) <= 300 ? "UNAVAILABLE" : null;
  const gateway = new ModelGateway(estate, { scanRows: 20_000 });
  const bounds = { ...UNBOUNDED, vendorCalls: 50 };
  const counts: number[] = [];
  for (let requests = 0; requests < 9; requests += 1) {
    const query = { filter: null, by: ["STATUS" as const], timeZone: "UTC" };
    const { total, complete } = await new EngineReads(gateway.open(bounds)).backupStats(query);
    expect(complete).toBe(false);
    counts.push(total.count);
  }
  expect(counts[0]).toBe(0);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(HEALTHY);
});
