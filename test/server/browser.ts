import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";

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
  // Each window would load two pages for its address bar, which nobody sees. Of several lists Chromium takes the
  // last one, so that this one also has what Playwright disables and pages or their requests could notice.
  "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,PaintHolding,ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,PreconnectToSearch",
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

/** A page, with everything that it asked for and complained about. */
export interface OpenedPage {
  readonly page: Page;
  readonly requested: string[];
  readonly complaints: string[];
}

/** How a page is watched. */
export interface Watching {
  /** Receives the body of each request that has one. */
  readonly onRequest?: (body: string) => unknown;
  readonly atEnd?: Ends;
}

/** Opens an empty page, and closes it in the end. */
export async function openWatched(
  browser: Browser,
  viewport: { readonly width: number; readonly height: number },
  { onRequest = () => undefined, atEnd = onTestFinished }: Watching = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport });
  atEnd(() => page.close());
  const requested: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    requested.push(request.url());
    onRequest(request.postData() ?? "");
  });
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, requested, complaints };
}

/** Waits for what a page comes to. Looking at it takes a while, so that looking less often ends sooner. */
export const eventually = <T>(look: () => T) => expect.poll(look, { interval: 150 });
