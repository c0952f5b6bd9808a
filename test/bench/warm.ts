import { isDeepStrictEqual } from "node:util";
import { startBenchClouds } from "./clouds.js";
import { answerOf, Driver, type NextBody } from "./drive.js";
import { bodyOf, PAGE_QUERY, type PageJson } from "./queries.js";
import { measure, type MeasuredCells } from "./rounds.js";
import { startGateway, startPeer, type Server } from "./server.js";

const ESTATE = { instances: 20, backupsEach: 40 };
const FIRST = 100;
const PLAN = { connections: 8, rounds: 15, ms: 200, warmUpMs: 4_000 };
/** For the gateway, whose code takes longest to be compiled; until then its figure falls. */
const WARM_UP_MS = 8_000;
/** The row of the gateway with another cursor in each request. */
export const CURSORS = "gateway, another cursor each time";

/** A page of 100 from memory: of the gateway, and of others that have the same rows. */
export async function warmPage(): Promise<MeasuredCells> {
  const clouds = await startBenchClouds(ESTATE);
  const { accounts } = clouds;
  const gateway = await startGateway({ accounts, ttl: "PT1H" });
  // A separate process, like all others, because many pages leave more garbage than one page.
  const paging = await startGateway({ name: CURSORS, accounts, ttl: "PT1H" });
  const asking = new Driver(paging, 1);
  const cursors = await walkCursors(asking);
  const first = await answerOf<Page>({
    server: gateway,
    body: bodyOf(PAGE_QUERY, { first: FIRST }),
  });
  const names = ["bare", "mercurius", "yoga", "usual"];
  const peers = await Promise.all(names.map((name) => startPeer(name, first.backups)));
  await compare(peers, first.backups);
  const same = bodyOf(PAGE_QUERY, { first: FIRST });
  const measured = await measure(
    [
      ...peers.map((server) => ({ name: server.name, server, next: () => same })),
      { name: gateway.name, server: gateway, next: () => same, warmUpMs: WARM_UP_MS },
      { name: CURSORS, server: paging, next: eachCursor(cursors), warmUpMs: WARM_UP_MS },
    ],
    PLAN,
  );
  await asking.close();
  await Promise.all([...peers, gateway, paging, clouds].map((one) => one.close()));
  return measured;
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
async function compare(peers: readonly Server[], page: PageJson): Promise<void> {
  for (const peer of peers) {
    const driver = new Driver(peer, 1);
    const { backups } = await driver.data<Page>(bodyOf(PAGE_QUERY, { first: FIRST }));
    if (!isDeepStrictEqual(backups, page)) throw new Error(`${peer.name} serves other rows.`);
    await driver.close();
  }
}
