// Writes the pages of the site to site/.pages: the repository's documentation, with links that fit the site,
// and the references that are generated.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { SECTIONS } from "./pages.mjs";
import { commandsPage, metricsPage, schemaPage } from "./reference.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "site/.pages");
/** Where files of the repository that are no pages can be seen, such as `https://host/owner/name/blob/main`. */
const FILES_URL = process.env.SITE_FILES_URL ?? "";
const read = (path) => readFileSync(join(root, path), "utf8");

/** Every page: where it is on the site, its file, and its name. */
export function allPages() {
  return SECTIONS.flatMap(({ pages, folder }) => [...pages, ...(folder ? filesOf(folder) : [])]);
}

export const filesOf = ([path, source]) =>
  readdirSync(join(root, source))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => {
      const file = join(source, name);
      return [
        join(path, name.replace(/\.md$/, "")),
        file,
        /^# (.+)$/m.exec(read(file))?.[1] ?? name,
      ];
    });

const names = new Map(allPages().map(([path, , name]) => [`/${path}`, name]));
const routes = new Map(allPages().flatMap(([path, source]) => (source ? [[source, path]] : [])));

/** A page of the repository, with links and pictures that work on the site. */
function adapted(source) {
  const link = (target) => linkOf(source, target);
  return read(source)
    .split(/^(```[^]*?^```$)/m)
    .map((part, at) =>
      // The generator cannot highlight PromQL, and would warn.
      at % 2 === 1 ? part.replace(/^```promql/, "```text") : escaped(withLinks(part, link)),
    )
    .join("");
}

const withLinks = (text, link) =>
  text
    .replace(/(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (_, picture, label, target) => {
      const to = link(target);
      if (to === null) return label;
      // A link that shows the name of a file shows the name of the page here.
      const isFile = /^`?[\w/-]+\.md`?$/.test(label);
      const shown = `${picture}[${(isFile && names.get(to.split("#")[0])) || label}](${to})`;
      // A drawing has small text: it is as wide as it needs, and opens alone.
      return picture && to.endsWith(".svg") ? `[${shown}](${to})` : shown;
    })
    .replace(/\b(src|srcset)="([^"]+)"/g, (_, name, target) => `${name}="${link(target)}"`);

/** Text such as `<n>` is no element, and `{{` no expression, outside of code too. */
const escaped = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replace(/<(?!!--|\/?(?:picture|source|img|br)\b)/g, "&lt;")
            .replaceAll("{{", "&#123;{"),
    )
    .join("");

/** Where a link leads on the site; null if it leads to a file that is not on it, and nobody said where files are. */
function linkOf(source, target) {
  if (/^[a-z]+:/.test(target)) return target;
  const [path, anchor] = target.split("#");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (path === "") return target;
  const file = normalize(join(dirname(source), path)).replace(/\/$/, "");
  if (file.startsWith("docs/images/")) return `/images/${file.slice("docs/images/".length)}`;
  if (routes.has(file)) return `/${routes.get(file)}${hash}`;
  if (file === "docs/adr") return `/${filesOf(["architecture/decisions", file])[0][0]}`;
  if (!existsSync(join(root, file))) throw new Error(`${source}: ${target} does not exist.`);
  return FILES_URL === "" ? null : `${FILES_URL}/${file}${hash}`;
}

function write(path, text) {
  const file = join(out, `${path}.md`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const HOME = `---
layout: home
hero:
  name: Redis Backup Gateway
  text: Is every instance backed up?
  tagline: One GraphQL API for Redis and Valkey backups on AWS, Alibaba Cloud, Tencent Cloud and UCloud, and for RDB files in buckets.
  actions:
    - { theme: brand, text: Start, link: /start }
    - { theme: alt, text: Concepts, link: /concepts }
    - { theme: alt, text: Schema, link: /reference/schema }
features:
  - { title: One list, details: "Backups of every account, region and instance in one order, with Relay pages in both directions." }
  - { title: Exactly once, details: "A client that reads all pages gets every backup once, even if backups are created and deleted." }
  - { title: Nothing silently missing, details: "A cloud that fails is named in the answer, and a later page returns its rows." }
  - { title: Coverage, details: "Which instances are protected by your policies, which are not, why, and since when." }
---

<img class="light-only" src="/images/coverage.png" alt="The coverage page with the demo data" />
<img class="dark-only" src="/images/coverage-dark.png" alt="The coverage page with the demo data" />
`;

export async function assemble() {
  rmSync(out, { recursive: true, force: true });
  for (const [path, source] of allPages()) if (source) write(path, adapted(source));
  write("index", HOME);
  write("reference/schema", schemaPage(read("schema/schema.graphql")));
  write("reference/cli", commandsPage());
  write("reference/metrics", await metricsPage(read("docs/observability.md")));
  cpSync(join(root, "docs/images"), join(out, "public/images"), { recursive: true });
}
