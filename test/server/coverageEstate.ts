import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import { makeLimitsPlugin } from "../../src/server/limits/limitsPlugin.js";
import type { ServerOptions } from "../../src/server/options.js";
import { gatewayOver } from "../estate/gateway.js";
import { startTestServer, type TestServer } from "./harness.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

const CHROMIUM = "/usr/bin/chromium";
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Tests with a browser of their own; they are skipped where there is no Chromium at /usr/bin/chromium. */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  describe.skipIf(!existsSync(CHROMIUM))(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    });
    afterAll(() => browser.close());
    body(() => browser);
  });
}

/** When something ends that tests use: with the test, or with the group of tests that share it. */
export type Ends = (end: () => Promise<void>) => void;

/** The ends of what a group of tests shares. Called where the tests are defined. */
export function endsOfGroup(): Ends {
  const ends: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return (end) => void ends.push(end);
}

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

/** The embedded clouds and a gateway over them that serves the page, under the limits by default. */
export async function servePage(
  options: CloudsOptions = {},
  { first = LIMITS.first, ...given }: Partial<ServerOptions> & { readonly first?: number } = {},
  atEnd: Ends = onTestFinished,
): Promise<ServedPage> {
  const clouds = await startStillClouds(options);
  atEnd(() => clouds.close());
  const limits = { ...LIMITS, first };
  const gateway = gatewayOver(clouds, { limits: { first, scanRows: 20_000 } });
  atEnd(() => gateway.close());
  const server = await startTestServer({
    page: true,
    demo: true,
    now: clouds.estate.now,
    limits,
    makeReads: gateway.open,
    plugins: [makeLimitsPlugin({ limits, placesOf: gateway.places })],
    ...given,
  });
  atEnd(server.close);
  return { ...server, clouds };
}

/** One gateway for all tests of a group that leave its clouds as they are. */
export function shareGateway(): () => ServedPage {
  const atEnd = endsOfGroup();
  let served: ServedPage;
  beforeAll(async () => {
    served = await servePage({}, {}, atEnd);
  });
  return () => served;
}

/** A page, with everything that it asked for and complained about. */
export interface OpenedPage {
  readonly page: Page;
  readonly requested: string[];
  readonly complaints: string[];
}

/** Opens the page and closes it in the end. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    width = 1280,
    height = 1_400,
    hash = "",
    onRequest = () => undefined,
    atEnd = onTestFinished,
  }: {
    readonly width?: number;
    readonly height?: number;
    readonly hash?: string;
    /** Receives the body of each request that has one. */
    readonly onRequest?: (body: string) => unknown;
    readonly atEnd?: Ends;
  } = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height } });
  atEnd(() => page.close());
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    requested.push(request.url());
    onRequest(request.postData() ?? "");
  });
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.clock.setSystemTime(MOMENT);
  await page.goto(`${new URL("/", url).href}${hash}`);
  return { page, requested, complaints };
}

/** Waits for what a page comes to. */
export const eventually = <T>(look: () => T) => expect.poll(look);

/** Waits until all providers were read to their end. */
export const whenRead = (page: Page): Promise<void> =>
  eventually(() => page.getByRole("banner").textContent()).toContain("checked at");

/** How many instances the tiles count: violating, unknown, protected. */
export const countsOf = async (page: Page): Promise<number[]> =>
  (await page.locator(".tile strong").allTextContents()).map(Number);

/** How many entries the grid has, those that are scrolled away included. */
export const rowCountOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 1;
