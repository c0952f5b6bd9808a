import { isDeepStrictEqual } from "node:util";
import { startBenchClouds, sumOf, type BenchClouds, type CloudAccount } from "./clouds.js";
import { answerOf, type Asked } from "./drive.js";
import { coldRows, type Part, type Rows } from "./figures.js";
import { hiveWithout, joinHive, type HiveState } from "./hive.js";
import type { LatestJson } from "./hiveQuestion.js";
import { bodyOf, LATEST_QUERY, PAGE_QUERY, type PageJson } from "./queries.js";
import { Bench, type MeasuredCells } from "./rounds.js";
import { startGateway, startPeer, type Server } from "./server.js";

/** Of each of seven products; every list, of a region or an instance, fits a page. */
const ALL = { instances: 7, backupsEach: 7 };
/** Ten instances of each of three vendors, for the latest five. */
const INSTANCES = 10;
const DAYS = 7;
export const LATENCY_MS = 20;
/** Many requests at once; the gateway answers several with the same calls. */
const CPU_PLAN = { connections: 8, rounds: 7, ms: 300, warmUpMs: 15_000, settleMs: 300 };
/** One request at a time, which shares no calls, by servers that are warm. */
const P50_PLAN = { connections: 1, rounds: 6, ms: 500, warmUpMs: 0, settleMs: 500 };
/** Not a length that looks like a hidden page limit, which would cost one more call. */
const EXTRA = ["UCLOUD_UREDIS", "TENCENT_REDIS"] as const;

/** The figures of one query for which nothing is cached. */
export interface Cold {
  /** For one request, by server. */
  readonly calls: ReadonlyMap<string, number>;
  readonly cpu: MeasuredCells;
  readonly p50: MeasuredCells;
}

/** Compares the gateway without a cache with the hand-written minimum. */
export async function coldReads(): Promise<Part> {
  const page = await coldPage();
  const latest = await latestFive();
  return {
    run: async () => ({ cold: await page.run(), ...(await latest.run()) }),
    close: async () => {
      await page.close();
      await latest.close();
    },
  };
}

/** Clouds, and what a query for which nothing is cached reads of them. */
export interface ColdQuestion {
  readonly clouds: BenchClouds;
  readonly accounts: readonly CloudAccount[];
  readonly body: Buffer;
}

/** A page merged from all products. */
export async function pageQuestion(): Promise<ColdQuestion> {
  const clouds = await startBenchClouds(ALL);
  return { clouds, accounts: clouds.accounts, body: bodyOf(PAGE_QUERY, { first: 100 }) };
}

/** The latest backups of each of the instances of three vendors. */
export async function latestQuestion(): Promise<ColdQuestion> {
  const clouds = await startBenchClouds({ instances: INSTANCES, backupsEach: DAYS });
  await insertExtra(clouds);
  const accounts = clouds.accounts
    .filter(({ vendor }) => vendor !== "aws")
    .map((account) =>
      account.vendor === "ucloud" ? { ...account, products: ["uredis"] } : account,
    );
  return { clouds, accounts, body: bodyOf(LATEST_QUERY) };
}

/** The cost of the page. */
async function coldPage() {
  const { clouds, accounts, body } = await pageQuestion();
  const gateway = await startGateway({ accounts, ttl: "PT0S" });
  const limit = await startPeer("limit", accounts);
  const both = askedOf(gateway, limit, body);
  const benches = await benchesOf(both);
  return {
    run: async (): Promise<Rows> => {
      await compare(both);
      return read(clouds, both, benches);
    },
    close: async () => {
      await benches.close();
      await Promise.all([gateway, limit, clouds].map((one) => one.close()));
    },
  };
}

/** The cost of the latest backups, also of Hive Gateway if it is installed and works. */
async function latestFive() {
  const { clouds, accounts, body } = await latestQuestion();
  const gateway = await startGateway({ accounts, ttl: "PT0S" });
  const limit = await startPeer("limit", accounts);
  const both = askedOf(gateway, limit, body);
  const latest = await compare(both);
  let hive = await joinHive(accounts, latest as LatestJson);
  let asked = hive.asked === null ? both : [...both, hive.asked];
  let benches = await benchesOf(asked);
  const run = async (): Promise<{ readonly latest5: Rows; readonly hive: HiveState }> => {
    await compare(both);
    try {
      return { latest5: await read(clouds, asked, benches), hive: hive.state };
    } catch (error) {
      if (hive.asked === null) throw error;
      await hive.asked.server.close();
      await benches.close();
      hive = hiveWithout("failed", error);
      asked = both;
      benches = await benchesOf(asked);
      return run();
    }
  };
  return {
    run,
    close: async () => {
      await benches.close();
      const others = hive.asked === null ? [] : [hive.asked.server];
      await Promise.all([gateway, limit, clouds, ...others].map((one) => one.close()));
    },
  };
}

const askedOf = (gateway: Server, limit: Server, body: Buffer): readonly Asked[] => [
  { server: gateway, body },
  { server: limit, body },
];

async function insertExtra(clouds: BenchClouds): Promise<void> {
  const truth = await clouds.truth();
  for (const product of EXTRA) {
    const backup = truth.find((one) => one.product === product);
    if (backup === undefined) throw new Error(`The clouds have no backup of ${product}.`);
    const { instanceNativeId, startedAt } = backup;
    await clouds.insert({ product, instanceNativeId, startedAt: startedAt - 60_000 });
  }
}

/** One answer of each server. @throws if they differ. */
async function compare(asked: readonly Asked[]): Promise<Answer> {
  const [first = {}, ...others] = await Promise.all(asked.map((one) => answerOf<Answer>(one)));
  if (!others.every((other) => isDeepStrictEqual(factsOf(other), factsOf(first))))
    throw new Error("The gateway and the hand-written minimum answer differently.");
  return first;
}

/** The servers with many requests at once, and with one at a time. */
interface Benches {
  readonly cpu: Bench;
  readonly p50: Bench;
  close(): Promise<void>;
}

async function benchesOf(asked: readonly Asked[]): Promise<Benches> {
  const cells = asked.map(({ server, body }) => ({ name: server.name, server, next: () => body }));
  const cpu = new Bench(cells, CPU_PLAN);
  const p50 = new Bench(cells, P50_PLAN);
  await cpu.warmUp();
  return { cpu, p50, close: async () => void (await Promise.all([cpu.close(), p50.close()])) };
}

async function read(
  clouds: BenchClouds,
  asked: readonly Asked[],
  { cpu, p50 }: Benches,
): Promise<Rows> {
  const calls = new Map<string, number>();
  for (const one of asked) calls.set(one.server.name, await callsOf(clouds, one));
  const together = await cpu.run();
  try {
    await clouds.setLatency(LATENCY_MS);
    return coldRows({ calls, cpu: together, p50: await p50.run() });
  } finally {
    await clouds.setLatency(0);
  }
}

/** Answers that stay valid for a day have been requested before. */
async function callsOf(clouds: BenchClouds, asked: Asked): Promise<number> {
  await clouds.takeCalls();
  await answerOf(asked);
  return sumOf(await clouds.takeCalls());
}

interface Answer {
  readonly backups?: PageJson;
  readonly instances?: {
    readonly edges: readonly { readonly node: { nativeId: string; backups: PageJson } }[];
  };
}

/** What must be equal in both answers: everything except the ids and cursors, which each server makes itself. */
function factsOf({ backups, instances }: Answer): unknown {
  const page = ({ edges, pageInfo }: PageJson) => ({
    rows: edges.map(({ node: { id: _own, ...facts } }) => facts),
    hasNextPage: pageInfo["hasNextPage"],
  });
  if (backups !== undefined) return page(backups);
  return new Map(instances?.edges.map(({ node }) => [node.nativeId, page(node.backups)]));
}
