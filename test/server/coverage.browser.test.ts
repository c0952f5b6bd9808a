import type { Page } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ClientError } from "../../src/errors.js";
import type { Instance } from "../../src/domain/instance.js";
import { ANYONE } from "../../src/domain/principal.js";
import { INSTANCES, ISSUE, PROVIDERS } from "../graphql/fakeEstate.js";
import { fakeReads } from "../graphql/fakeReads.js";
import {
  countsOf,
  only,
  openPage,
  rowCountOf,
  servePage,
  shareGateway,
  whenRead,
  WINDOW,
  type ServedPage,
} from "./coverageEstate.js";
import { describeInBrowser, endsOfGroup, eventually, type OpenedPage } from "./browser.js";
import { ask } from "./harness.js";
import { sized } from "../runs.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";

/** Instances of the demo data, of some of its vendors, and of an estate that has more than any window shows. */
const DEMO = 123;
const OF_UCLOUD = 33;
const OF_TENCENT = 26;
const OF_AWS = 23;
const MANY = CLOUD_PRODUCTS.length * Math.ceil(sized(240, 1_000) / CLOUD_PRODUCTS.length);

const COUNTS = "violatingCount unknownCount protectedCount";

async function countsAt(url: string): Promise<unknown[]> {
  const { body } = await ask(url, `{ coverage(rpo: "PT24H") { ${COUNTS} } }`);
  const report = body.data?.["coverage"] as Record<string, number>;
  return COUNTS.split(" ").map((name) => report[name]);
}

/** Where to save pictures of the page, if anywhere. */
const PICTURES = process.env["COVERAGE_PICTURES"];

describeInBrowser("the coverage page in a browser", (browser) => {
  test("shows what the gateway counts, asks no other host and complains of nothing", async () => {
    // Less than the instances of a provider, so that its lists have several pages.
    const accounts = only("ucloud", "aws");
    const { url } = await servePage({}, { first: sized(20, 10), accounts });
    const { page, requested, complaints } = await openPage(browser(), url);
    await whenRead(page);
    const counts = await countsAt(url);
    expect(await countsOf(page)).toEqual(counts);
    expect(await rowCountOf(page)).toBe(OF_UCLOUD + OF_AWS);
    expect(await page.getByRole("note").textContent()).toContain("Demo data");
    expect(await page.locator(".issues").count()).toBe(0);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/coverage.png` });
    await page.emulateMedia({ colorScheme: "dark" });
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/coverage-dark.png` });
    const foreign = requested.filter((asked) => new URL(asked).origin !== new URL(url).origin);
    expect(foreign.filter((asked) => !asked.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  describe("with all instances", () => {
    const gateway = shareGateway();
    const atEnd = endsOfGroup();
    const asked: string[] = [];
    let opened: OpenedPage;
    beforeAll(async () => {
      opened = await openPage(browser(), gateway().url, {
        atEnd,
        onRequest: (body) => asked.push(body),
      });
    });

    /** The page that all tests of this group look at, with a text as its only filter. */
    async function lookFor(text: string): Promise<Page> {
      const { page } = opened;
      await whenRead(page);
      await page.evaluate(
        `location.hash = ${JSON.stringify(String(new URLSearchParams({ text })))}`,
      );
      await eventually(() => page.getByRole("searchbox").inputValue()).toBe(text);
      return page;
    }

    test("charts the backups and bytes of each day by state with one request for each provider", async () => {
      const { clouds } = gateway();
      const since = Date.parse("2026-05-17T00:00:00Z");
      const all = clouds.estate.truth().filter(({ startedAt }) => startedAt >= since);
      const unsized = all.filter(({ sizeBytes }) => sizeBytes === null).length;
      const page = await lookFor("");
      const chart = page.getByRole("region", { name: "Backups by day" });
      await eventually(() => chart.getByRole("status").textContent()).toMatch(
        new RegExp(
          `^${all.length.toLocaleString("en")} backups of all accounts, [\\d.]+ \\wiB ` +
            `\\(${unsized.toLocaleString("en")} of unknown size\\) in 30 days$`,
        ),
      );
      expect(asked.filter((body) => body.includes("BackupsByDay"))).toHaveLength(
        CLOUD_PRODUCTS.length,
      );
      const bars = chart.getByRole("img");
      const labels = await bars.evaluateAll((days) => days.map((day) => day.ariaLabel ?? ""));
      expect(labels).toHaveLength(30);
      const on = (day: string, status: string) =>
        all.filter(
          (one) => one.status === status && new Date(one.startedAt).toISOString().startsWith(day),
        ).length;
      expect(labels[0]).toContain(`17 May: ${on("2026-05-17", "SUCCEEDED")} good`);
      expect(labels.at(-1)).toMatch(/^15 Jun \(today so far\): /);
      // Each state has a pattern of its own in the bars, and beside its name in the legend.
      const fills = await chart
        .locator(".bars rect.part")
        .evaluateAll((parts) => [...new Set(parts.map((part) => part.getAttribute("fill")))]);
      const legend = chart.getByRole("list", { name: "What the bars mean" });
      expect(
        await legend
          .locator("rect")
          .evaluateAll((parts) => parts.map((part) => part.getAttribute("fill"))),
      ).toEqual(expect.arrayContaining(fills));
      expect(fills).toEqual(expect.arrayContaining(["url(#part-SUCCEEDED)", "url(#part-FAILED)"]));
      const marks = await chart
        .locator("pattern .marks")
        .evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
      expect(new Set(marks).size).toBe(7);
      if (PICTURES) await chart.screenshot({ path: `${PICTURES}/chart.png` });
      expect(opened.complaints).toEqual([]);
    });

    test("names the outcome of each of the last thirty days", async () => {
      const page = await lookFor("reviews-ap-southeast-1");
      const days = page.locator("[data-row='0'] .day");
      const labels = await days.evaluateAll((cells) => cells.map((cell) => cell.ariaLabel ?? ""));
      expect(labels).toHaveLength(30);
      expect(
        labels.filter(
          (label) => !/^\d+ \w+: (good|failed|running|none|unknown|today, none yet)/.test(label),
        ),
      ).toEqual([]);
      expect(labels.filter((label) => label.includes(": good (1 good)")).length).toBeGreaterThan(
        20,
      );
      expect(labels.filter((label) => label.includes(": failed (1 failed)"))).toHaveLength(1);
    });

    // Before the others that touch the rows, because nothing in them has had the focus.
    test("is worked by keys alone, and opens a day at that day", async () => {
      const page = await lookFor("reviews-ap-southeast-1");
      await page.getByRole("combobox", { name: "Owner" }).focus();
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate<string>("document.activeElement.ariaLabel");
      expect(await focused()).toMatch(/^Protected, Last good .* ago: /);
      const failed = page.locator("[data-row='0'] .day.failed");
      const column = Number(await failed.getAttribute("data-column"));
      for (let at = 0; at < column; at += 1) await page.keyboard.press("ArrowRight");
      expect(await focused()).toContain("failed (1 failed)");
      expect(await page.locator(".readout").textContent()).toContain("reviews-ap-southeast-1");
      await page.keyboard.press("Enter");
      const drawer = page.getByRole("dialog");
      const first = drawer.locator("tbody tr").first();
      await eventually(() => first.textContent()).toContain("Failed");
      await page.getByRole("button", { name: "Show the newest" }).click();
      await eventually(() => first.textContent()).toContain("Good");
      await page.keyboard.press("Escape");
      await eventually(() => drawer.count()).toBe(0);
    });

    test("opens on the worst instances, each with its reason, policy, tags and newest good backup", async () => {
      const page = await lookFor("team=payments");
      const [first = "", ...others] = await page.locator(".rows .row").allTextContents();
      expect(first).toContain("Violating");
      expect(first).toContain("Last good 2 d 12 h ago");
      expect(first).toContain("payments-refunds");
      expect(first).toContain("Automatic backups are off.");
      expect(first).toContain("env=prod team=payments");
      expect(others.length).toBeGreaterThan(4);
      const today = page.locator("[data-row='0'] .day").last();
      expect(await today.getAttribute("aria-label")).toBe("15 Jun: today, none yet");
    });

    test("opens an instance, pages to its older backups, and gives the focus back", async () => {
      const page = await lookFor("orders-cn-hangzhou");
      const row = page.getByRole("rowheader", { name: /^orders-cn-hangzhou/ });
      await row.click();
      const drawer = page.getByRole("dialog");
      const lines = drawer.locator("tbody tr");
      await eventually(() => lines.count()).toBe(20);
      expect(await drawer.textContent()).toContain("20 backups so far");
      const [first = ""] = await lines.allTextContents();
      expect(first).toMatch(/\d{4}, \d\d:\d\d.*(Good|Failed|Running).*[KMG]iB.*(min|s)/);
      await drawer.getByRole("button", { name: "Older" }).click();
      await eventually(() => lines.count()).toBeGreaterThan(20);
      const starts = (await lines.locator("td:first-child").allTextContents()).map((text) =>
        Date.parse(`${text.slice(0, text.indexOf(":") + 3)} UTC`),
      );
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => b - a));
      await page.keyboard.press("Escape");
      await eventually(() => drawer.count()).toBe(0);
      expect(await row.evaluate((cell) => cell.matches(":focus"))).toBe(true);
      expect(new URL(page.url()).hash).toBe("#text=orders-cn-hangzhou");
      expect(opened.complaints).toEqual([]);
    });

    test("filters by state, vendor, account, region and text, and shares view and drawer by its URL", async () => {
      const { url } = gateway();
      const page = await lookFor("");
      await page.getByRole("button", { name: "Violating" }).click();
      expect(await rowCountOf(page)).toBe(11);
      await page.getByRole("combobox", { name: "Vendor" }).selectOption({ label: "UCloud" });
      expect(await rowCountOf(page)).toBe(2);
      expect((await countsOf(page))[0]).toBe(2);
      await page.getByRole("combobox", { name: "Region" }).selectOption("hk");
      await page.getByRole("searchbox").fill("SCRATCH");
      expect(await page.getByRole("rowheader").allTextContents()).toEqual([
        expect.stringContaining("scratch-hk"),
      ]);
      await page.getByRole("rowheader").click();
      const { hash } = new URL(page.url());
      await page.keyboard.press("Escape");
      const shared = await openPage(browser(), url, { hash });
      const drawer = shared.page.getByRole("dialog");
      await eventually(() => drawer.textContent()).toContain("scratch-hk");
      await shared.page.keyboard.press("Escape");
      await eventually(() => drawer.count()).toBe(0);
      await whenRead(shared.page);
      expect(await rowCountOf(shared.page)).toBe(1);
      await shared.page.getByRole("combobox", { name: "Account" }).selectOption("demo-alibaba");
      expect(await rowCountOf(shared.page)).toBe(0);
      await shared.page.getByRole("button", { name: "Clear the filters" }).click();
      expect(await rowCountOf(shared.page)).toBe(DEMO);
      expect(new URL(shared.page.url()).hash).toBe("");
    });

    test("refreshes itself after a minute, without a word", async () => {
      const page = await lookFor("");
      const before = asked.length;
      await page.clock.runFor(61_000);
      await eventually(() =>
        asked.slice(before).some((query) => query.includes("ProviderCoverage")),
      ).toBe(true);
      expect(await page.getByRole("banner").textContent()).toContain("checked at");
    });

    test("the chart is worked by keys, shows bytes, and is a table too", async () => {
      const page = await lookFor("");
      const chart = page.getByRole("region", { name: "Backups by day" });
      await eventually(() => chart.getByRole("img").count()).toBe(30);
      await chart.getByRole("button", { name: "Size" }).focus();
      await page.keyboard.press("Enter");
      expect(await chart.locator("svg title").textContent()).toBe(
        "Size of backups by day and state",
      );
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate<string>("document.activeElement.ariaLabel");
      expect(await focused()).toMatch(/^15 Jun/);
      await page.keyboard.press("ArrowLeft");
      expect(await focused()).toMatch(/^14 Jun: \d+ good.* [MG]iB/);
      expect(await page.locator(".readout").textContent()).toBe(await focused());
      await page.keyboard.press("Home");
      expect(await focused()).toMatch(/^17 May: /);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      const rows = chart.locator("tbody tr");
      expect(await rows.count()).toBe(30);
      expect(await rows.first().textContent()).toContain("15 Jun so far");
    });

    test("fits a narrow window, and is light or dark as one likes", async () => {
      const page = await lookFor("");
      onTestFinished(() => page.setViewportSize(WINDOW));
      await page.setViewportSize({ ...WINDOW, width: 390 });
      const widths = () => page.evaluate<number[]>("[document.body.scrollWidth, innerWidth]");
      const [content, window] = await widths();
      expect(content).toBeLessThanOrEqual(window ?? 0);
      const chart = page.getByRole("region", { name: "Backups by day" });
      await eventually(() => chart.getByRole("status").textContent()).toContain(
        " backups of all accounts, ",
      );
      expect(await chart.getByRole("img").count()).toBe(0);
      await chart.locator("summary").first().click();
      await eventually(() => chart.getByRole("img").count()).toBe(30);
      const bars = await chart.locator(".bars").boundingBox();
      const labels = await chart.locator(".bars .label").all();
      for (const label of labels) {
        const place = await label.boundingBox();
        expect(place?.x).toBeGreaterThanOrEqual(bars?.x ?? 0);
        expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(window ?? 0);
      }
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/narrow.png` });
      const backdrop = () =>
        page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
      const light = await backdrop();
      await page.getByRole("button", { name: "Dark" }).click();
      expect(await backdrop()).not.toBe(light);
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/narrow-dark.png` });
      await page.getByRole("button", { name: "Light" }).click();
      expect(await backdrop()).toBe(light);
    });

    // The last one, because the page reads again when the next filter takes its objective away.
    test("judges by another objective without reading the backups again", async () => {
      const page = await lookFor("");
      await eventually(() => rowCountOf(page)).toBe(DEMO);
      const later: string[] = [];
      page.on("request", (request) => later.push(request.postDataJSON().query));
      const [violating] = await countsOf(page);
      await page.getByRole("combobox", { name: "RPO" }).selectOption("12 h");
      await eventually(async () => (await countsOf(page))[0]).toBeGreaterThan(violating ?? 0);
      await whenRead(page);
      expect(new URL(page.url()).hash).toBe("#rpo=PT12H");
      expect(later.filter((query) => !query.includes("ProviderCoverage"))).toEqual([]);
    });
  });

  describe("while a vendor refuses the keys of its account", () => {
    const atEnd = endsOfGroup();
    let served: ServedPage;
    let page: Page;
    beforeAll(async () => {
      served = await servePage({}, { accounts: only("tencent", "ucloud") }, atEnd);
      const effect = { kind: "vendorError", code: "AuthFailure.SecretIdNotFound" } as const;
      served.clouds.knobs.faults.add({ vendor: "tencent", effect });
      ({ page } = await openPage(browser(), served.url, { atEnd, hash: "#account=demo-tencent" }));
      await whenRead(page);
    });

    const chartStatus = () =>
      page.getByRole("region", { name: "Backups by day" }).getByRole("status").textContent();

    test("shows regions whose instances cannot be listed, and counts them as the gateway does", async () => {
      const headers = await page.getByRole("rowheader").allTextContents();
      expect(headers.length).toBeGreaterThan(1);
      for (const header of headers)
        expect(header).toMatch(/^Cannot be listedThe instances cannot be listed \(/);
      expect(await page.locator(".rows .day.unknown").count()).toBe(30 * headers.length);
      await page.getByRole("combobox", { name: "Account" }).selectOption("All");
      expect(await countsOf(page)).toEqual(await countsAt(served.url));
    });

    test("the chart never passes off figures that lack a vendor as whole", async () => {
      await page.getByRole("combobox", { name: "Account" }).selectOption("All");
      await eventually(chartStatus).toMatch(
        /^Incomplete: .* without what cannot be read of demo-tencent\/redis$/,
      );
    });

    test("shows everything once the vendor accepts them again", async () => {
      await page.getByRole("combobox", { name: "Account" }).selectOption("All");
      served.clouds.knobs.reset();
      await page.getByRole("button", { name: "Refresh" }).click();
      await eventually(() => rowCountOf(page)).toBe(OF_TENCENT + OF_UCLOUD);
      await eventually(chartStatus).toMatch(/^[\d,]+ backups/);
    });
  });

  test("shows a vendor whose backups cannot be read as unknown, and never as empty", async () => {
    const { url, clouds } = await servePage({}, { accounts: only("tencent", "ucloud") });
    const action = "DescribeInstanceBackups";
    // The page asks for each provider, and the breaker may open before it asks for the instances of the last.
    await ask(url, "{ instances(first: 200) { complete } }");
    clouds.knobs.faults.add({ vendor: "tencent", action, effect: { kind: "status", status: 500 } });
    const { page } = await openPage(browser(), url);
    await whenRead(page);
    await page.getByRole("combobox", { name: "Vendor" }).selectOption({ label: "Tencent Cloud" });
    const instances = await rowCountOf(page);
    expect(instances).toBeGreaterThan(5);
    expect(await countsOf(page)).toEqual([0, instances, 0]);
    const outcomes = page.locator(".rows .day");
    // Only the rows near the window are rendered.
    const rendered = await page.locator(".rows [data-row]").count();
    expect(rendered).toBeGreaterThan(10);
    expect(await outcomes.count()).toBe(30 * rendered);
    expect(await page.locator(".rows .day.unknown").count()).toBe(30 * rendered);
    const panel = page.locator(".issues");
    expect(await panel.locator("summary").textContent()).toContain("demo-tencent/redis");
    await panel.locator("summary").click();
    expect(await panel.textContent()).toContain("UNAVAILABLE");
    await page.getByRole("combobox", { name: "Vendor" }).selectOption({ label: "UCloud" });
    expect(await page.locator(".rows .day.unknown").count()).toBe(0);
    clouds.knobs.reset();
  });

  test("asks for a key where the gateway wants one, and keeps it in memory only", async () => {
    const { url } = await servePage(
      {},
      {
        accounts: only("ucloud"),
        authenticate: async ({ authorization }) => {
          if (authorization === "Bearer canary-key") return ANYONE;
          throw new ClientError("UNAUTHENTICATED", "A key is needed.");
        },
      },
    );
    const { page, requested } = await openPage(browser(), url);
    const prompt = page.getByRole("dialog", { name: "This gateway needs a key" });
    await prompt.getByLabel("API key or token").fill("wrong");
    await page.keyboard.press("Enter");
    await eventually(() => prompt.textContent()).toContain("That key is not accepted");
    expect(await rowCountOf(page)).toBe(0);
    // Nothing is known yet, and nothing is not zero.
    expect(await page.locator(".tile strong").allTextContents()).toEqual(["…", "…", "…"]);
    await prompt.getByLabel("API key or token").fill("canary-key");
    await prompt.getByRole("button").click();
    await whenRead(page);
    expect(await rowCountOf(page)).toBe(OF_UCLOUD);
    expect(await prompt.count()).toBe(0);
    const kept = await page.evaluate<string>(
      "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])",
    );
    expect(kept).not.toContain("canary-key");
    expect(requested.filter((asked) => asked.includes("canary-key"))).toEqual([]);
    await page.reload();
    await eventually(() => prompt.count()).toBe(1);
  });

  test("holds only a window of many instances, and each of them when it is scrolled to", async () => {
    const { url } = await servePage({
      estate: { instances: MANY / CLOUD_PRODUCTS.length, backupsEach: 5, regions: 1 },
      upstream: { rate: 100_000 },
    });
    const { page, complaints } = await openPage(browser(), url);
    await eventually(() => rowCountOf(page)).toBe(MANY);
    await whenRead(page);
    const rows = page.locator("[data-row]");
    expect(await rows.count()).toBeLessThan(60);
    await page.locator("[data-row='0'] [data-column='0']").focus();
    await page.keyboard.press("Control+End");
    const last = page.locator(`[data-row='${MANY - 1}'] .day`).last();
    await eventually(() => last.evaluate((cell) => cell.matches(":focus"))).toBe(true);
    expect(await rows.count()).toBeLessThan(60);
    expect(await page.locator(`[data-row='${MANY - 1}'] .day.good`).count()).toBe(5);
    expect(complaints).toEqual([]);
  }, 120_000);

  test("shows names that contain markup and control characters as text, and runs none of it", async () => {
    const names = [
      `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`,
      `"><svg onload="document.title='run'">{{constructor.constructor("document.title='run'")()}}`,
      "\u001b[31mred\u001b[0m \u001b]0;run\u0007",
      "invoice\u202egnp.exe\u2066",
      "שלום 1",
    ];
    const state = { state: "UNKNOWN", policy: null, violations: [] } as const;
    const entries = names.map((name, i) => ({
      instance: { ...INSTANCES[0], name, nativeId: `r-${i}` } as Instance,
      coverage: { ...state, reason: name, lastSuccess: null, checkedAt: 0 },
    }));
    const { coverage } = fakeReads().reads;
    const makeReads = () =>
      fakeReads({
        providers: () => PROVIDERS.slice(0, 1),
        coverage: async (rpoMs, filter) => {
          const report = await coverage(rpoMs, filter);
          const issues = [{ ...ISSUE, provider: "ali/kvstore", message: names.join(" ") }];
          return { ...report, entries, unknownRegions: 0, issues };
        },
      }).reads;
    const { url } = await servePage({}, { makeReads, plugins: [] });
    const { page, requested } = await openPage(browser(), url);
    const headers = page.getByRole("rowheader");
    await eventually(() => headers.count()).toBe(names.length);
    const shown = names.map((name) => name.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd"));
    expect((await headers.locator("strong").allTextContents()).sort()).toEqual(shown.toSorted());
    const isolation = await headers
      .locator("strong")
      .evaluateAll((texts) =>
        texts.map((text) => text.ownerDocument.defaultView?.getComputedStyle(text).unicodeBidi),
      );
    expect(new Set(isolation)).toEqual(new Set(["isolate"]));
    await page.locator(".issues summary").click();
    expect(await page.locator(".issues li").first().textContent()).toContain(shown[0]);
    const footer = page.getByRole("contentinfo");
    const shape = await footer.boundingBox();
    for (const [row] of names.entries()) {
      await headers.nth(row).hover();
      expect(await page.locator(".readout").textContent()).toContain(shown[row]);
      // One that grew would cover the row that the pointer is on.
      expect(await footer.boundingBox()).toEqual(shape);
      await headers.nth(row).click();
      const drawer = page.getByRole("dialog");
      expect(shown).toContain(await drawer.getByRole("heading").first().textContent());
      await page.keyboard.press("Escape");
      await eventually(() => drawer.count()).toBe(0);
    }
    const html = await page.content();
    expect(html).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e]/u);
    expect(
      await page
        .locator("#root img, #root svg:not(.chart svg), #root script, body > script")
        .count(),
    ).toBe(0);
    expect(await page.title()).not.toBe("run");
    expect(requested.filter((asked) => asked.endsWith("/x"))).toEqual([]);
  });

  test("has a policy under which no script in the page's text could run", async () => {
    const { url } = await servePage({}, { makeReads: () => fakeReads().reads, plugins: [] });
    const response = await fetch(new URL("/", url));
    const policy = new Map(
      (response.headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
        const [name = "", ...sources] = directive.split(" ");
        return [name, sources] as const;
      }),
    );
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual(["'self'"]);
    const { page } = await openPage(browser(), url);
    const title = await page.title();
    await page
      .evaluate(
        `
      const script = document.createElement("script");
      script.textContent = "document.title = 'run'";
      const image = document.createElement("div");
      image.innerHTML = "<img src=x onerror=\\"document.title = 'run'\\">";
      document.body.append(script, image);
      setTimeout("document.title = 'run'", 0);
    `,
      )
      .catch((error: Error) => expect(error.message).toContain("Content Security Policy"));
    await page.waitForLoadState("networkidle");
    expect(await page.title()).toBe(title);
  });
});
