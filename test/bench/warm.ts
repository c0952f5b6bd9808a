import { isDeepStrictEqual } from "node:util";
import { startBenchClouds, type BenchClouds } from "./clouds.js";
import { answerOf, Driver, type NextBody } from "./drive.js";
import { type Part, type Rows, warmRows } from "./figures.js";
import { bodyOf, NOTED_QUERY, PAGE_QUERY, type PageJson } from "./queries.js";
import { Bench, type Cell } from "./rounds.js";
import { startGateway, startPeer, type Server } from "./server.js";

export const WARM_ESTATE = { instances: 20, backupsEach: 40 };
const FIRST = 100;
const PEERS = ["bare", "mercurius", "yoga", "usual"];
const PLAN = { connections: 8, rounds: 7, ms: 200, warmUpMs: 6_000, settleMs: 200 };
/** The row of the gateway with another cursor in each request. */
const CURSORS = "cursors";
/** The instances of each product with Chinese text, which have this many newer backups. */
const CHINESE = ["UCLOUD_UREDIS", "UCLOUD_UMEM", "TENCENT_REDIS"] as const;
const NEWER = 2;

/** A page of 100 from memory: of the gateway, and of others that have the same rows. */
export async function warmPage(): Promise<Part> {
  const clouds = await startBenchClouds(WARM_ESTATE);
  const { accounts } = clouds;
  const gateway = await startGateway({ accounts, ttl: "PT1H" });
  // A separate process, like all others, because many pages leave more garbage than one page.
  const paging = await startGateway({ name: CURSORS, accounts, ttl: "PT1H" });
  const asking = new Driver(paging, 1);
  const cursors = await walkCursors(asking);
  const body = bodyOf(PAGE_QUERY, { first: FIRST });
  const cursorsCell = { name: CURSORS, server: paging, next: eachCursor(cursors) };
  await asking.close();
  const warm = await besidePeers(gateway, body, [cursorsCell]);
  return {
    run: async () => ({ warm: await warm.run() }),
    close: async () => {
      await warm.close();
      await Promise.all([gateway, paging, clouds].map((one) => one.close()));
    },
  };
}

/** The same with a Chinese name or note in each row, which makes the text of the whole answer two bytes wide. */
export async function chinesePage(): Promise<Part> {
  const clouds = await startBenchClouds(WARM_ESTATE);
  await insertChinese(clouds);
  const gateway = await startGateway({ accounts: clouds.accounts, ttl: "PT1H" });
  const body = bodyOf(NOTED_QUERY, { first: FIRST });
  const chinese = await besidePeers(gateway, body, []);
  return {
    run: async () => ({ chinese: await chinese.run() }),
    close: async () => {
      await chinese.close();
      await Promise.all([gateway, clouds].map((one) => one.close()));
    },
  };
}

/** Measures one page of the gateway, and of the peers, which are given its rows. */
async function besidePeers(
  gateway: Server,
  body: Buffer,
  others: readonly Cell[],
): Promise<{ readonly run: () => Promise<Rows>; readonly close: () => Promise<void> }> {
  const { backups } = await answerOf<Page>({ server: gateway, body });
  if (backups.edges.length !== FIRST) throw new Error("The gateway has no whole page.");
  const peers = await Promise.all(PEERS.map((name) => startPeer(name, backups)));
  await compare(peers, body, backups);
  const next = () => body;
  const cells = peers.map((server) => ({ name: server.name, server, next }));
  const own = { name: gateway.name, server: gateway, next };
  const bench = new Bench([...cells, own, ...others], PLAN);
  await bench.warmUp();
  return {
    run: async () => warmRows(await bench.run()),
    close: async () => {
      await bench.close();
      await Promise.all(peers.map((peer) => peer.close()));
    },
  };
}

/** Newer backups than all others: UCloud shows their names, and Tencent their notes. */
async function insertChinese(clouds: BenchClouds): Promise<void> {
  const truth = await clouds.truth();
  const now = Date.now();
  let count = 0;
  for (const product of CHINESE) {
    const own = truth.filter((one) => one.product === product);
    for (const id of new Set(own.map(({ instanceNativeId }) => instanceNativeId)))
      for (let i = 0; i < NEWER; i += 1) {
        count += 1;
        await clouds.insert({
          product,
          instanceNativeId: id,
          startedAt: now - 1_200_000 - count * 15_000,
          name: `订单缓存每日自动备份-${count}`,
          remark: "上线前的手动备份，保留到大促结束",
        });
      }
  }
}

interface Page {
  readonly backups: PageJson;
}

/** Cursors that are each followed by a whole page. */
async function walkCursors(driver: Driver): Promise<string[]> {
  const cursors: string[] = [];
  for (let after: string | null = null; ;) {
    const body = bodyOf(PAGE_QUERY, { first: FIRST, after });
    const { backups }: Page = await driver.data<Page>(body);
    cursors.push(...backups.edges.map(({ cursor }) => cursor));
    if (backups.pageInfo["hasNextPage"] !== true) return cursors.slice(0, -2 * FIRST);
    after = backups.pageInfo["endCursor"] as string;
  }
}

function eachCursor(cursors: readonly string[]): NextBody {
  let asked = 0;
  return () => {
    // A step that shares no factor with the number of cursors visits all of them.
    asked += 7919;
    return bodyOf(PAGE_QUERY, { first: FIRST, after: cursors[asked % cursors.length] });
  };
}

/** @throws if a peer returns other rows than it was given. */
async function compare(peers: readonly Server[], body: Buffer, page: PageJson): Promise<void> {
  for (const peer of peers) {
    const driver = new Driver(peer, 1);
    const { backups } = await driver.data<Page>(body);
    if (!isDeepStrictEqual(backups, page)) throw new Error(`${peer.name} serves other rows.`);
    await driver.close();
  }
}
