import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { UPSTREAM } from "../../src/clouds/accounts.js";
import type { Account } from "../../src/domain/account.js";
import type { Instance } from "../../src/domain/instance.js";
import { INSTANCES, PROVIDERS } from "../graphql/fakeEstate.js";
import { fakeReads } from "../graphql/fakeReads.js";
import { only, openPage, rowCountOf, servePage, shareGateway, whenRead } from "./coverageEstate.js";
import { describeInBrowser, endsOfGroup, eventually } from "./browser.js";
import { sized } from "../runs.js";

/** More instances than any window shows. */
const MANY = sized(2_000, 10_000);

const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** What axe has to say about a page by all of its rules, or by some: the rule, and where it is broken first. */
async function findings(page: Page, rules: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  const runOnly = rules.length > 0 ? `runOnly: ${JSON.stringify(rules)}, ` : "";
  return page.evaluate<string[]>(
    `axe.run({ ${runOnly}resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => \`\${id}: \${nodes[0].html}\`))`,
  );
}

/** The rules about colours, which are all that differs between light and dark. */
const COLOURS = ["color-contrast", "link-in-text-block"];
/** All rules in `.ci/run`. */
const RULES_IN_DARK = COLOURS.slice(0, sized(COLOURS.length, 0));

/** Every text of the tiles that claims to be final, from now until all is read. */
const finalTexts = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`new Promise((resolve) => {
    const texts = new Set();
    const look = () => {
      for (const tile of document.querySelectorAll(".tile"))
        if (/\\d/.test(tile.textContent) && !tile.textContent.includes("so far")) texts.add(tile.textContent);
      if (!document.querySelector(".top")?.textContent.includes("checked at")) return;
      observer.disconnect();
      resolve([...texts]);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  })`);

describeInBrowser("the rows of the coverage page in a browser", (browser) => {
  describe("with all instances", () => {
    const gateway = shareGateway();
    const atEnd = endsOfGroup();
    let page: Page;
    beforeAll(async () => {
      ({ page } = await openPage(browser(), gateway().url, { atEnd, width: 390, height: 844 }));
    });

    /** The page that all tests of this group look at, with other filters. */
    const filterBy = (hash: string): Promise<void> =>
      page.evaluate(`location.hash = ${JSON.stringify(hash)}`);

    // The first one, because nothing may have been scrolled or unfolded.
    test("of a phone come first: two are in view before anything is scrolled or unfolded", async () => {
      await whenRead(page);
      const bottom = await page
        .locator("[data-row='1']")
        .evaluate((row) => row.getBoundingClientRect().bottom);
      const legend = await page
        .locator(".legend")
        .evaluate((foot) => foot.getBoundingClientRect().top);
      expect(bottom).toBeLessThanOrEqual(legend);
    });

    test("of a phone are printed with the whole chart, although it is folded", async () => {
      await whenRead(page);
      const bars = page.locator(".bars rect.part");
      await eventually(() => page.locator(".chart [role='status']").textContent()).toMatch(
        /^[\d,]+ b/,
      );
      expect(await bars.last().isVisible()).toBe(false);
      const atOnce = `dispatchEvent(new Event("beforeprint"));
        [...document.querySelectorAll(".bars rect.part")].at(-1).getBoundingClientRect().right`;
      expect(await page.evaluate(atOnce)).toBeGreaterThan(300);
      await page.evaluate('dispatchEvent(new Event("afterprint"))');
      await eventually(() => bars.first().isVisible()).toBe(false);
    });

    test.each([390, 1280])(
      "at %i pixels show why, since when and whose instance it is, without a click",
      async (width) => {
        await page.setViewportSize({ width, height: 1_000 });
        await filterBy("#owner=payments");
        await eventually(() => page.locator("[data-row='0'] .policy").textContent()).toContain(
          "Owner: payments",
        );
        const rows = await page.locator(".rows .row").count();
        expect(rows).toBeGreaterThan(5);
        const filters = page.getByText("Filters: payments");
        expect(await filters.count()).toBe(width === 390 ? 1 : 0);
        if (width === 390) await filters.click();
        expect(await page.getByRole("combobox", { name: "Owner" }).inputValue()).toBe("payments");
        const row = page.locator("[data-row='0']");
        const words = ["Violating", "Last good 2 d 12 h ago", "Automatic backups are off."];
        for (const text of [...words, "default", "Owner: payments", "env=prod team=payments"]) {
          const shown = row.getByText(text);
          await eventually(() => shown.isVisible()).toBe(true);
          const isWhole = await shown.evaluate(
            (one) =>
              one.clientWidth === 0 ||
              (one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 2),
          );
          expect([text, isWhole]).toEqual([text, true]);
        }
        await page.getByRole("combobox", { name: "Owner" }).selectOption("search");
        await eventually(() => page.locator("[data-row='0'] .policy").textContent()).toContain(
          "Owner: search",
        );
        expect(new URL(page.url()).hash).toBe("#owner=search");
      },
    );

    test("are printed as a table with all of them, on white and without controls", async () => {
      await page.setViewportSize({ width: 1280, height: 700 });
      await filterBy("#state=VIOLATING");
      await eventually(() =>
        page.getByRole("button", { name: "Violating" }).getAttribute("aria-pressed"),
      ).toBe("true");
      await page.getByRole("button", { name: "Dark" }).click();
      const shown = await rowCountOf(page);
      const printed = page.locator(".printed tbody tr");
      expect(await printed.count()).toBe(0);
      const atOnce = `dispatchEvent(new Event("beforeprint"));
        document.querySelectorAll(".printed tbody tr").length`;
      expect(await page.evaluate(atOnce)).toBe(shown);
      await page.evaluate('dispatchEvent(new Event("afterprint"))');
      await page.emulateMedia({ media: "print" });
      await eventually(() => printed.count()).toBe(shown);
      const text = (await page.locator(".printed").textContent()) ?? "";
      for (const part of [`${shown} instances: `, "#state=VIOLATING", "payments-refunds"])
        expect(text).toContain(part);
      expect(text).toContain("Automatic backups are off.");
      expect(text).not.toContain("Not final");
      for (const hidden of [".controls", ".filters", ".grid", ".legend"])
        expect(await page.locator(hidden).isVisible()).toBe(false);
      expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe(
        "light",
      );
      expect(await findings(page)).toEqual([]);
      await page.emulateMedia({ media: "screen" });
      await eventually(() => printed.count()).toBe(0);
    });
  });

  test("counts are final only when everything was read", async () => {
    // Nothing waits long for the vendor that hangs, whose limit no other one has.
    const upstream = { ...UPSTREAM, timeoutMs: 500, retries: 0 };
    const accounts = (all: readonly Account[]) => [
      ...only("tencent")(all).map((account) => ({ ...account, upstream })),
      ...only("aws")(all),
    ];
    const { url, clouds } = await servePage({}, { accounts });
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "hang" } });
    const { page } = await openPage(browser(), url);
    const texts = await finalTexts(page);
    const last = await page.locator(".tile").allTextContents();
    expect(last.every((text) => /\d/.test(text) && !text.includes("so far"))).toBe(true);
    expect(texts.toSorted()).toEqual(last.toSorted());
    expect(await page.locator(".issues summary").textContent()).toContain("demo-tencent/redis");
  });

  describe("while a vendor refuses the keys of its account", () => {
    const atEnd = endsOfGroup();
    let page: Page;
    beforeAll(async () => {
      const served = await servePage({}, { accounts: only("tencent", "aws", "ucloud") }, atEnd);
      const effect = { kind: "vendorError", code: "AuthFailure.SecretIdNotFound" } as const;
      served.clouds.knobs.faults.add({ vendor: "tencent", effect });
      // More rows of the same kinds are in view in `.ci/run`.
      const height = sized(700, 1_400);
      ({ page } = await openPage(browser(), served.url, { atEnd, height }));
      // What slides in covers the page only in the end.
      await page.emulateMedia({ reducedMotion: "reduce" });
      await whenRead(page);
    });

    async function expectNoFindings(): Promise<void> {
      for (const [colorScheme, rules] of [["light"], ["dark", RULES_IN_DARK]] as const) {
        await page.emulateMedia({ colorScheme });
        expect([colorScheme, await findings(page, rules)]).toEqual([colorScheme, []]);
      }
    }

    test.each([1280, 390])(
      "at %i pixels, light or dark, axe finds nothing, in the drawer neither",
      async (width) => {
        await page.setViewportSize({ width, height: sized(700, 1_400) });
        await expectNoFindings();
        const summaries = await page.locator("summary").all();
        for (const summary of summaries) await summary.click();
        await expectNoFindings();
        const drawer = page.getByRole("dialog");
        await page.getByRole("grid").getByRole("rowheader").first().click();
        await eventually(() => drawer.count()).toBe(1);
        await expectNoFindings();
        await page.keyboard.press("Escape");
        await eventually(() => drawer.count()).toBe(0);
        // As the next width finds it; inner ones first.
        for (const summary of summaries.toReversed()) await summary.click();
      },
    );
  });

  test("of thousands of instances are a small part of the document, wherever one scrolls", async () => {
    const [first] = INSTANCES;
    const [provider] = PROVIDERS;
    const state = { state: "VIOLATING", policy: null, violations: [], reason: "Old." } as const;
    const entries = Array.from({ length: MANY }, (_, i) => ({
      instance: { ...(first as Instance), id: `i-${i}`, nativeId: `r-${i}`, name: `cache ${i}` },
      coverage: { ...state, lastSuccess: null, checkedAt: 0 },
    }));
    const { coverage } = fakeReads().reads;
    const makeReads = () =>
      fakeReads({
        providers: () => (provider === undefined ? [] : [provider]),
        coverage: async (rpoMs, filter) => ({
          ...(await coverage(rpoMs, filter)),
          entries,
          unknownRegions: 0,
          complete: true,
        }),
      }).reads;
    const { url } = await servePage({}, { makeReads, plugins: [] });
    const { page } = await openPage(browser(), url);
    await eventually(() => rowCountOf(page)).toBe(MANY);
    await eventually(() => page.locator(".tile strong").allTextContents()).toContain(
      MANY.toLocaleString("en"),
    );
    const size = () => page.evaluate<number>("document.querySelectorAll('*').length");
    for (const share of [0, 0.5, 1]) {
      await page.evaluate(`scrollTo(0, ${share} * document.body.scrollHeight)`);
      const at = Math.round(share * (MANY - 10));
      const near = page.locator(`[data-row='${at}']`);
      await eventually(() => near.count()).toBe(1);
      expect(await size()).toBeLessThan(4_000);
    }
  });
});
