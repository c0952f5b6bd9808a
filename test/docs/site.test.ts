import { existsSync, readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

interface Section {
  readonly pages: readonly (readonly [path: string, source: string | null, name: string])[];
  readonly folder?: readonly [path: string, source: string, name: string];
}

const { SECTIONS } = (await import(new URL("../../site/pages.mjs", import.meta.url).href)) as {
  SECTIONS: readonly Section[];
};
const pages = SECTIONS.flatMap((section) => section.pages);

test("the site has every page of the documentation, and each once", () => {
  const sources = pages.map(([, source]) => source).filter((source) => source !== null);
  const files = readdirSync("docs").filter((name) => name.endsWith(".md"));
  expect(files.length).toBeGreaterThan(10);
  expect(sources).toEqual(expect.arrayContaining(files.map((name) => `docs/${name}`)));
  for (const source of sources) expect(existsSync(source), source).toBe(true);
  expect(new Set(sources).size).toBe(sources.length);
  const paths = pages.map(([path]) => path);
  expect(new Set(paths).size).toBe(paths.length);
});

test("the site generates the references of schema, commands and metrics", () => {
  const generated = pages.filter(([, source]) => source === null).map(([path]) => path);
  expect(generated).toEqual(["reference/schema", "reference/cli", "reference/metrics"]);
});

test("the page on being on call has a section for every alert, and no other", () => {
  const rules = readFileSync("deploy/prometheus/rules.yml", "utf8");
  const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name);
  const page = readFileSync("docs/on-call.md", "utf8");
  const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(alerts.length).toBeGreaterThan(4);
  expect(sections).toEqual(alerts);
});
