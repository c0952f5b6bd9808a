import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Counted in whole blocks, like `du -sm`; small files fill little of theirs. */
const LARGEST_INSTALL_MB = 90;
const SLOWEST_START_MS = 2_000;

const folder = mkdtempSync(join(tmpdir(), "packaging-"));
/** A new machine: nothing installed, except npm's downloads. */
const cache = join(folder, "cache");
const home = join(folder, "home");

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;
let tarball: string;
/** Where npx put the package. */
let installed: string;
/** What npx wrote besides the program's output when it installed the package. */
let warnings: string;
const running = new Set<ChildProcess>();

const runNpx = (...args: readonly string[]) =>
  spawnSync("npx", ["--yes", "--package", tarball, "redis-backup-gateway", ...args], {
    cwd: home,
    encoding: "utf8",
    env: { ...process.env, npm_config_cache: cache, npm_config_prefer_offline: "true" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 2 ** 20,
  });

function npx(...args: readonly string[]): string {
  const { status, stdout, stderr } = runNpx(...args);
  if (status !== 0) throw new Error(`npx failed: ${stderr}`);
  return stdout;
}

beforeAll(() => {
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  [packed] = JSON.parse(output.slice(output.indexOf("["))) as [Packed];
  tarball = join(folder, packed.filename);
  const downloads = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim();
  mkdirSync(join(downloads, "_cacache"), { recursive: true });
  mkdirSync(cache);
  mkdirSync(home);
  symlinkSync(join(downloads, "_cacache"), join(cache, "_cacache"));
  warnings = runNpx("--version").stderr;
  const [hash = ""] = readdirSync(join(cache, "_npx"));
  installed = join(cache, "_npx", hash, "node_modules");
}, 300_000);
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the tarball", () => {
  test("contains what runs, and nothing that builds or tests it", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        "package.json",
        "LICENSE",
        "dist/main.js",
        "dist/pages/graphiql/index.html",
        "dist/sbom.cdx.json",
        "schema/schema.graphql",
        "schema/config.schema.json",
      ]),
    );
    const strange = paths.filter(
      (path) =>
        !/^(?:dist|schema)\/|^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path) ||
        /\.tsbuildinfo$|\.build\.json$|\.map$|\.tsx?$/.test(path),
    );
    expect(strange).toEqual([]);
  });

  test("needs no step after installation", () => {
    const { scripts } = JSON.parse(
      readFileSync(join(installed, "redis-backup-gateway/package.json"), "utf8"),
    ) as { scripts: Record<string, string> };
    for (const step of ["preinstall", "install", "postinstall"])
      expect(scripts[step]).toBeUndefined();
    expect(existsSync(join(installed, "redis-backup-gateway/scripts"))).toBe(false);
  });

  test("has no development dependency", () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, { readonly dev?: boolean }>;
    };
    const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/"));
    const namesWhere = (dev: boolean) =>
      new Set(
        Object.keys(packages)
          .filter((path) => (packages[path]?.dev === true) === dev)
          .map(nameOf),
      );
    // A package that is needed in another version is below the package that needs it.
    const wanted = namesWhere(false);
    const names = [...namesWhere(true)].filter((name) => !wanted.has(name));
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => existsSync(join(installed, "..", name)))).toEqual([]);
  });

  // npx ignores the overrides of a package, so that packages must not bring what needs a newer Node.
  test("is installed without a warning", () => {
    expect(warnings).toBe("");
  });

  test("takes less than 90 MB when installed", () => {
    const megabytes = bytesOnDisk(installed) / 2 ** 20;
    expect(megabytes).toBeGreaterThan(10);
    expect(megabytes).toBeLessThan(LARGEST_INSTALL_MB);
  });
});

/** The bytes that a folder takes on a disk with blocks of 4 kB. */
function bytesOnDisk(path: string): number {
  const entry = lstatSync(path);
  const own = Math.ceil(entry.size / 4_096) * 4_096;
  if (!entry.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + bytesOnDisk(join(path, name)), own);
}

/** Starts the installed program, and waits until it is ready. */
async function serve() {
  const began = performance.now();
  const main = join(installed, ".bin/redis-backup-gateway");
  const child = spawn(main, ["serve", "--demo"], {
    cwd: home,
    env: { PATH: process.env["PATH"], PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  let text = "";
  for await (const part of child.stdout!.setEncoding("utf8")) {
    text += part;
    const url = /Gateway ready at (\S+)\n/.exec(text)?.[1];
    if (url !== undefined) return { child, url, tookMs: performance.now() - began };
  }
  throw new Error(`The gateway did not start: ${text}`);
}

describe("run by npx", () => {
  test("it lists the embedded clouds", () => {
    const rows = npx("list", "--demo", "--vendor", "tencent", "--format", "ndjson");
    expect(rows.trimEnd().split("\n").length).toBeGreaterThan(100);
  });

  test("it prints the schema that the package contains", () => {
    const held = readFileSync(
      join(installed, "redis-backup-gateway/schema/schema.graphql"),
      "utf8",
    );
    expect(npx("print-schema")).toBe(held);
  });

  test("it serves GraphQL, and pages whose parts are all in the package", async () => {
    const { child, url } = await serve();
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ backups(first: 3) { nodes { id } complete } }" }),
    });
    expect(await answer.json()).toMatchObject({
      data: { backups: { nodes: [{}, {}, {}], complete: true } },
    });
    const page = await fetch(url, { headers: { accept: "text/html" } });
    const html = await page.text();
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = ""]) => part);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      const response = await fetch(new URL(part, url));
      await response.arrayBuffer();
      expect(response.status, part).toBe(200);
    }
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("it is ready within two seconds", async () => {
    const times: number[] = [];
    // The fastest start counts, because the machine may be busy.
    for (let run = 0; run < 5; run += 1) {
      const { child, tookMs } = await serve();
      times.push(tookMs);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect(Math.min(...times)).toBeLessThan(SLOWEST_START_MS);
  });
});
