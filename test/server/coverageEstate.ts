import type { Browser, Page } from "playwright-core";
import { beforeAll, onTestFinished } from "vitest";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import type { Account } from "../../src/domain/account.js";
import { makeLimitsPlugin } from "../../src/server/limits/limitsPlugin.js";
import type { ServerOptions } from "../../src/server/options.js";
import { gatewayOver } from "../estate/gateway.js";
import { endsOfGroup, openWatched, type Ends, type OpenedPage, type Watching } from "./browser.js";
import { startTestServer, type TestServer } from "./harness.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

/** What operations may hold where nothing is configured. */
const LIMITS = {
  first: 200,
  depth: 15,
  aliases: 30,
  rootFields: 20,
  directives: 10,
  tokens: 2_000,
  cost: 10_000,
  vendorCalls: 2_000,
  entities: 1_000,
  bodyBytes: 262_144,
};

export type ServedPage = TestServer & { readonly clouds: Clouds };

/** What is served, besides the options of the server. */
export interface Served {
  /** The largest page. */
  readonly first?: number;
  /** The accounts that are read, made of those of the clouds. */
  readonly accounts?: (all: readonly Account[]) => readonly Account[];
}

/** The embedded clouds and a gateway over them that serves the page, under the limits by default. */
export async function servePage(
  options: CloudsOptions = {},
  { first = LIMITS.first, accounts = (all) => all, ...given }: Partial<ServerOptions> & Served = {},
  atEnd: Ends = onTestFinished,
): Promise<ServedPage> {
  const clouds = await startStillClouds(options);
  atEnd(() => clouds.close());
  const limits = { ...LIMITS, first };
  const gateway = gatewayOver(clouds, { accounts: accounts(clouds.accounts) });
  atEnd(() => gateway.close());
  const server = await startTestServer({
    page: true,
    demo: true,
    now: clouds.estate.now,
    limits,
    makeReads: gateway.open,
    plugins: [makeLimitsPlugin(limits, gateway.places)],
    ...given,
  });
  atEnd(server.close);
  return { ...server, clouds };
}

/** The accounts of some vendors, for tests that need no more of the demo. */
export const only =
  (...vendors: string[]) =>
  (all: readonly Account[]): readonly Account[] =>
    all.filter(({ vendor }) => vendors.includes(vendor));

/** One gateway for all tests of a group that leave its clouds as they are. */
export function shareGateway(): () => ServedPage {
  const atEnd = endsOfGroup();
  let served: ServedPage;
  beforeAll(async () => {
    served = await servePage({}, {}, atEnd);
  });
  return () => served;
}

/** The size of the window, unless another one is given. */
export const WINDOW = { width: 1280, height: 700 };

/** Opens the page and closes it in the end. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    width = WINDOW.width,
    height = WINDOW.height,
    hash = "",
    ...watching
  }: Watching & {
    readonly width?: number;
    readonly height?: number;
    readonly hash?: string;
  } = {},
): Promise<OpenedPage> {
  const opened = await openWatched(browser, { width, height }, watching);
  const { page } = opened;
  await page.clock.setSystemTime(MOMENT);
  await page.goto(`${new URL("/", url).href}${hash}`);
  return opened;
}

/** Waits until all providers were read to their end. The page watches itself, which takes less than looking at it. */
export const whenRead = (page: Page): Promise<void> =>
  page.evaluate<void>(`new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector("header.top")?.textContent.includes("checked at")) return;
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  })`);

/** How many instances the tiles count: violating, unknown, protected. */
export const countsOf = async (page: Page): Promise<number[]> =>
  (await page.locator(".tile strong").allTextContents()).map(Number);

/** How many entries the grid has, those that are scrolled away included. */
export const rowCountOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 1;
