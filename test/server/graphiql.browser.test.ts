import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInBrowser, eventually, openWatched, type OpenedPage } from "./browser.js";
import { serve } from "./harness.js";
import { startStack } from "./stack.js";

/** Where to save a picture of the page, if anywhere. */
const SCREENSHOT = process.env["GRAPHIQL_SCREENSHOT"];
const EVERY_PRODUCT = `# Every product of the accounts, and the newest
# backups of all of them in one list.
query EveryProduct {
  providers {
    key
  }
  backups(first: 20) {
    nodes {
      startedAt
      status
      instanceNativeId
      provider {
        key
      }
    }
    pageInfo {
      endCursor
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
  async function open(url: string, shows = "NewestBackups", width = 1400): Promise<OpenedPage> {
    const opened = await openWatched(browser(), { width, height: 900 });
    await opened.page.goto(url);
    await eventually(() => editorOf(opened.page).textContent()).toContain(shows);
    return opened;
  }

  const editorOf = (page: Page) => page.locator(".graphiql-query-editor .view-lines");
  const resultOf = (page: Page) => page.locator(".result-window .view-lines");

  test("opens with ten questions, asks no other host, and answers the first", async () => {
    const { url } = await serve({ graphiql: true, demo: true });
    const { page, requested, complaints } = await open(url);
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

  test("shows every product of the demo in one answer", async () => {
    const { url, clouds } = await startStack({ server: { graphiql: true, demo: true } });
    const parameters = new URLSearchParams({ query: EVERY_PRODUCT });
    const { page, complaints } = await open(`${url}?${parameters}`, "EveryProduct");
    // The editor renders only the lines that it shows.
    await page.setViewportSize({ width: 1400, height: 1220 });
    await page.getByRole("button", { name: /Execute query/ }).click();
    const providers = new Set(clouds.estate.truth().map(({ provider }) => provider));
    expect(providers.size).toBe(8);
    for (const key of providers)
      await eventually(() => resultOf(page).textContent()).toContain(`"${key}"`);
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

  test("opens with the query and the variables of its URL", async () => {
    const { url } = await serve({ graphiql: true });
    const query = "query Shared($first: Int) { backups(first: $first) { nodes { status } } }";
    const parameters = new URLSearchParams({ query, variables: '{ "first": 1 }' });
    const { page, complaints } = await open(`${url}?${parameters}`, "Shared");
    expect(await page.locator(".graphiql-editor-tool").textContent()).toMatch(/"first":\s1/);
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain("status");
    expect(complaints).toEqual([]);
  });

  test("runs the operation that its URL names, of several", async () => {
    const { url } = await serve({ graphiql: true });
    const query = "query One { providers { key } } query Two { backups(first: 1) { complete } }";
    const parameters = new URLSearchParams({ query, operationName: "Two" });
    const { page, complaints } = await open(`${url}?${parameters}`, "Two");
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain("complete");
    expect(await resultOf(page).textContent()).not.toContain("errors");
    expect(complaints).toEqual([]);
  });

  test("fits a narrow window, with the answer below the question", async () => {
    const { url } = await serve({ graphiql: true, demo: true });
    const { page, complaints } = await open(url, "NewestBackups", 390);
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain("startedAt");
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
    await page.getByRole("tab", { name: "ProviderHealth" }).click();
    await eventually(() => editorOf(page).textContent()).toContain("ProviderHealth");
    expect(complaints).toEqual([]);
  });

  test.each([1280, 390])("adds the fields ticked in the explorer, at %i pixels", async (width) => {
    const { url } = await serve({ graphiql: true });
    const parameters = new URLSearchParams({ query: "query Ticked { providers { key } }" });
    const { page, complaints } = await open(`${url}?${parameters}`, "Ticked", width);
    await page.getByRole("button", { name: /GraphiQL Explorer/ }).click();
    await page.locator('.graphiql-explorer-providers [data-field-name="vendor"]').click();
    await eventually(() => editorOf(page).textContent()).toContain("vendor");
    await page.getByRole("button", { name: /Execute query/ }).click();
    await eventually(() => resultOf(page).textContent()).toContain('"vendor"');
    expect(await resultOf(page).textContent()).not.toContain("errors");
    expect(complaints).toEqual([]);
  });

  test("answers the other questions, and marks no real estate as a demo", async () => {
    const { url } = await serve({ graphiql: true });
    const { page, complaints } = await open(url);
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
