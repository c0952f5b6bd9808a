import type { Page } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ServerOptions } from "../../src/server/options.js";
import {
  describeInBrowser,
  endsOfGroup,
  eventually,
  openWatched,
  type Ends,
  type OpenedPage,
} from "./browser.js";
import { serve, startTestServer } from "./harness.js";
import { startStack } from "./stack.js";

/** Where to save a picture of the page, if anywhere. */
const SCREENSHOT = process.env["GRAPHIQL_SCREENSHOT"];
const TWO_OPERATIONS = `query One {
  instances(first: 1) {
    complete
  }
}
query EveryProduct($first: Int) {
  providers {
    key
  }
  backups(first: $first) {
    nodes {
      status
    }
    complete
  }
}
`;

/** The questions that the page opens with, by the names of their operations. */
const TABS = [
  "NewestBackups",
  "UnprotectedInstances",
  "FailedBackups",
  "BackupsOfInstance",
  "LastGoodBackup",
  "BackupsByDay",
  "StorageByProvider",
  "BackupsByTag",
  "Policies",
  "ProviderHealth",
];

describeInBrowser("GraphiQL in a browser", (browser) => {
  interface Opening {
    readonly shows?: string;
    readonly width?: number;
    readonly atEnd?: Ends;
  }

  async function open(
    url: string,
    { shows = "NewestBackups", width = 1400, atEnd = onTestFinished }: Opening = {},
  ): Promise<OpenedPage> {
    const opened = await openWatched(browser(), { width, height: 900 }, { atEnd });
    await opened.page.goto(url);
    await editorOf(opened.page).filter({ hasText: shows }).waitFor();
    return opened;
  }

  /** A page for a group of tests, which each of them leaves to the next one as it is. */
  function sharePage(options: Partial<ServerOptions>, opening: Opening) {
    const atEnd = endsOfGroup();
    let shared: OpenedPage & { readonly url: string };
    beforeAll(async () => {
      const { url, close } = await startTestServer({ graphiql: true, ...options });
      atEnd(close);
      shared = { url, ...(await open(url, { atEnd, ...opening })) };
    });
    return () => shared;
  }

  const editorOf = (page: Page) => page.locator(".graphiql-query-editor .view-lines");
  const resultOf = (page: Page) => page.locator(".result-window .view-lines");

  /** Ticks a field of the providers that are asked for, and asks again. */
  async function tickAccount(page: Page): Promise<void> {
    expect(await editorOf(page).textContent()).not.toContain("account");
    await page.getByRole("button", { name: /GraphiQL Explorer/ }).click();
    await page.locator('.graphiql-explorer-providers [data-field-name="account"]').click();
    await eventually(() => editorOf(page).textContent()).toContain("account");
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain('"account"');
    expect(await resultOf(page).textContent()).not.toContain("errors");
  }

  describe("of a demo, in a narrow window,", () => {
    const shared = sharePage({ demo: true }, { width: 390 });

    test("opens with ten questions, asks no other host, and answers the first", async () => {
      const { url, page, requested, complaints } = shared();
      expect(await page.locator(".graphiql-tab-button").allTextContents()).toEqual(TABS);
      expect(await page.locator(".graphiql-editor-tool").textContent()).toContain("first");
      await page.getByRole("button", { name: /Execute query/ }).click();
      await eventually(() => resultOf(page).textContent()).toContain("startedAt");
      expect(await page.getByRole("note").textContent()).toContain("Demo data");
      const foreign = requested.filter(
        (asked) => !asked.startsWith("blob:") && new URL(asked).origin !== new URL(url).origin,
      );
      expect(foreign.filter((asked) => !asked.startsWith("data:"))).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test("fits, with the answer below the question", async () => {
      const { page, complaints } = shared();
      const [editor, result] = await Promise.all(
        [page.locator(".graphiql-query-editor"), page.locator(".result-window")].map((part) =>
          part.boundingBox(),
        ),
      );
      for (const box of [editor, result]) {
        expect(box?.width).toBeGreaterThan(300);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
        expect(box?.height).toBeGreaterThan(150);
      }
      expect(result?.y).toBeGreaterThan((editor?.y ?? 0) + (editor?.height ?? 0) - 1);
      expect(complaints).toEqual([]);
    });

    test("opens with the query of its URL, and adds the fields ticked in the explorer", async () => {
      const { url, page, complaints } = shared();
      const query = "query Ticked { providers { key } }";
      await page.goto(`${url}?${new URLSearchParams({ query })}`);
      await eventually(() => editorOf(page).textContent()).toContain("Ticked");
      await tickAccount(page);
      expect(complaints).toEqual([]);
    });
  });

  describe("of a real estate, in a wide window,", () => {
    const shared = sharePage({}, { width: 1280 });

    test("answers the other questions, and marks no real estate as a demo", async () => {
      const { page, complaints } = shared();
      for (const [name, field] of [
        ["FailedBackups", "totalCount"],
        ["UnprotectedInstances", "violatingCount"],
      ] as const) {
        await page.getByRole("tab", { name }).click();
        await eventually(() => editorOf(page).textContent()).toContain(name);
        await page.getByRole("button", { name: /Execute query/ }).click();
        await eventually(() => resultOf(page).textContent()).toContain(field);
        expect(await resultOf(page).textContent()).not.toContain("errors");
      }
      expect(await page.getByRole("note").count()).toBe(0);
      expect(complaints).toEqual([]);
    });

    test("adds the fields ticked in the explorer", async () => {
      const { page, complaints } = shared();
      await page.getByRole("tab", { name: "ProviderHealth" }).click();
      await eventually(() => editorOf(page).textContent()).toContain("ProviderHealth");
      await tickAccount(page);
      expect(complaints).toEqual([]);
    });
  });

  test("opens with the variables of its URL, and runs the operation that this names, of several", async () => {
    const { url, clouds } = await startStack({
      clouds: SCREENSHOT ? {} : { estate: { instances: 1, backupsEach: 1, regions: 1 } },
      server: { graphiql: true, demo: true },
    });
    const parameters = new URLSearchParams({
      query: TWO_OPERATIONS,
      variables: '{ "first": 1 }',
      operationName: "EveryProduct",
    });
    const { page, complaints } = await open(`${url}?${parameters}`, { shows: "EveryProduct" });
    expect(await page.locator(".graphiql-editor-tool").textContent()).toMatch(/"first":\s1/);
    await page.getByRole("button", { name: /Execute query/ }).click();
    const providers = new Set(clouds.estate.truth().map(({ provider }) => provider));
    expect(providers.size).toBe(8);
    for (const key of providers)
      await eventually(() => resultOf(page).textContent()).toContain(`"${key}"`);
    for (const other of ["instances", "errors"])
      expect(await resultOf(page).textContent()).not.toContain(other);
    expect(complaints).toEqual([]);
    if (SCREENSHOT) await takePicture(url, SCREENSHOT);
  });

  async function takePicture(url: string, path: string): Promise<void> {
    const { page } = await open(url);
    await page.getByRole("button", { name: /GraphiQL Explorer/ }).click();
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain("startedAt");
    await page.mouse.move(0, 0);
    await page.screenshot({ path });
  }

  test("sends a key that is typed in, and keeps it in memory only", async () => {
    const keys: unknown[] = [];
    const { url } = await serve({
      graphiql: true,
      authenticate: async ({ authorization }) => {
        keys.push(authorization);
        return { name: "k", scopes: new Set(), accounts: null };
      },
    });
    const { page } = await open(url);
    await page.getByRole("button", { name: "Headers" }).click();
    await page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden)").click();
    // The editor opens with an empty authorization header; the key goes between its quotes.
    for (const key of ["ControlOrMeta+End", "ArrowUp", "End", "ArrowLeft"])
      await page.keyboard.press(key);
    await page.keyboard.insertText("Bearer canary-key");
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => keys).toContain("Bearer canary-key");
    const keep = () =>
      page.evaluate<string>(
        "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])",
      );
    // Tabs and the history of questions are kept a moment after they were asked.
    await eventually(keep).toContain('"graphiql:queries"');
    await eventually(keep).toContain("NewestBackups");
    await page.reload();
    await page.getByRole("button", { name: /Execute query/ }).waitFor();
    expect(await keep()).not.toContain("canary-key");
    expect(await page.content()).not.toContain("canary-key");
  });
});
