import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import { makeLimitsPlugin } from "../../src/server/limits/limitsPlugin.js";
import type { ServerOptions } from "../../src/server/options.js";
import { gatewayOver } from "../estate/gateway.js";
import { serve, type TestServer } from "./harness.js";
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

/** Whether there is a browser to look at pages with. */
export const hasBrowser = existsSync(CHROMIUM);

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ARGS });

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

/** The embedded clouds and a gateway over them that serves the page, under the limits by default. */
export async function servePage(
  options: CloudsOptions = {},
  { first = LIMITS.first, ...given }: Partial<ServerOptions> & { readonly first?: number } = {},
): Promise<TestServer & { readonly clouds: Clouds }> {
  const clouds = await startStillClouds(options);
  onTestFinished(() => clouds.close());
  const limits = { ...LIMITS, first };
  const gateway = gatewayOver(clouds, { limits: { first, scanRows: 20_000 } });
  onTestFinished(() => gateway.close());
  const server = await serve({
    page: true,
    demo: true,
    now: clouds.estate.now,
    limits,
    makeReads: gateway.open,
    plugins: [makeLimitsPlugin({ limits, placesOf: gateway.places })],
    ...given,
  });
  return { ...server, clouds };
}

/** A page, with everything that it asked for and complained about. */
export interface OpenedPage {
  readonly page: Page;
  readonly requested: string[];
  readonly complaints: string[];
}

/** Opens the page and closes it when the test ends. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    width = 1280,
    height = 1_400,
    hash = "",
    onRequest = () => undefined,
  }: {
    readonly width?: number;
    readonly height?: number;
    readonly hash?: string;
    /** Receives the body of each request that has one. */
    readonly onRequest?: (body: string) => unknown;
  } = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height } });
  onTestFinished(() => page.close());
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
