import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const PAGES = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

const textOf = (page: string): string => readFileSync(page, "utf8");

/** A page without its code blocks, in which nothing is a link. */
const proseOf = (page: string): string => textOf(page).replace(/^```[^]*?^```$/gm, "");

/** The anchor that code hosts give a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

/** A broken link; null for one that works or leaves the repository. */
function fault(page: string, link: string): string | null {
  if (/^[a-z]+:/.test(link)) return null;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(target)) return `${page}: ${link}`;
  return anchor === undefined || anchorsOf(target).includes(anchor) ? null : `${page}: ${link}`;
}

describe("the pages of documentation", () => {
  test("link to files and headings that exist", () => {
    const faults = PAGES.flatMap((page) =>
      [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
        ([, link, image]) => fault(page, link ?? image ?? ""),
      ),
    );
    expect(faults.length).toBeGreaterThan(20);
    expect(faults.filter((found) => found !== null)).toEqual([]);
  });

  test("name files and folders that exist", () => {
    const named = PAGES.flatMap((page) =>
      [...proseOf(page).matchAll(/`((?:src|test|docs|schema|scripts|deploy|examples)\/[\w./-]*)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(path))
        .map((path) => `${page}: ${path}`),
    );
    expect(named).toEqual([]);
  });

  test("quote code exactly as in the file that they name", () => {
    const quoted = PAGES.flatMap((page) => [
      ...textOf(page).matchAll(/<!-- from: (\S+) -->\n\n```\w+\n([^]*?)```/g),
    ]);
    expect(quoted.length).toBeGreaterThan(1);
    for (const [, file = "", code = ""] of quoted) expect(textOf(file)).toContain(code);
  });
});

test("the types of scalars that front ends are shown are those of our own operations", () => {
  const [, block = ""] =
    /```yaml\n(schema: schema\.graphql\n[^]*?)```/.exec(textOf("docs/front-end.md")) ?? [];
  const scalarsOf = (text: string): unknown =>
    (parse(text) as { config?: { scalars?: unknown } } | null)?.config?.scalars;
  expect(scalarsOf(block)).toBeDefined();
  expect(scalarsOf(block)).toEqual(scalarsOf(textOf("codegen.yml")));
});
