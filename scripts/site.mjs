// Builds the documentation's site into site/dist. Dead links fail the build. `--preview` serves it.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const site = join(root, "site");
const base = process.env.SITE_BASE ?? "/";

if (!build()) process.exit(1);
installWhereStale(site);
const { assemble } = await import("../site/assemble.mjs");
await assemble();
run("build");
const faults = faultsOf(join(site, "dist"));
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
if (process.argv.includes("--preview")) run("preview");

function run(command) {
  const vitepress = join(site, "node_modules/vitepress/bin/vitepress.js");
  const { status } = spawnSync(process.execPath, [vitepress, command, site], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Links to headings that do not exist, which VitePress does not check, and anything loaded from other hosts. */
function faultsOf(dist) {
  const pages = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".html"));
  const texts = new Map(pages.map((name) => [name, readFileSync(join(dist, name), "utf8")]));
  const pageOf = (path) =>
    [`${path}.html`, join(path, "index.html")].find((name) => texts.has(name));
  return pages.flatMap((name) => {
    const links = [...texts.get(name).matchAll(/<a [^>]*href="(\/[^"#]*)?#([^"]+)"/g)];
    const loaded = [
      ...texts.get(name).matchAll(/<(?:script|link|img)\b[^>]* (?:src|href)="(https?:[^"]+)"/g),
    ];
    const dead = links.filter(([, path, anchor]) => {
      const target = path === undefined ? name : pageOf(path.slice(base.length));
      return !texts.get(target)?.includes(`id="${decodeURIComponent(anchor)}"`);
    });
    return [
      ...dead.map(([, path = "", anchor]) => `${name}: ${path}#${anchor} does not exist`),
      ...loaded.map(([, url]) => `${name}: loads ${url}`),
    ];
  });
}
