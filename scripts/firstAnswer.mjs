// Prints how long npx takes from the packed program to the first answer, what it warns of, and the size of
// the installation. The downloads are those in npm's cache, as after a first try on the same machine.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "npx-"));
const read = (program, args) =>
  execFileSync(program, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const packed = read("npm", ["pack", "--json", "--pack-destination", folder]);
const [{ filename, size }] = JSON.parse(packed.slice(packed.indexOf("[")));
const cache = join(folder, "cache");
mkdirSync(cache);
symlinkSync(
  join(read("npm", ["config", "get", "cache"]).trim(), "_cacache"),
  join(cache, "_cacache"),
);

/** Runs the program by npx until it has answered; milliseconds. */
async function firstAnswer() {
  const began = performance.now();
  const args = ["--yes", "--package", join(folder, filename), "redis-backup-gateway", "--demo"];
  const child = spawn("npx", args, {
    cwd: folder,
    detached: true,
    env: { ...process.env, PORT: "0", npm_config_cache: cache, npm_config_prefer_offline: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let warnings = "";
  child.stderr.setEncoding("utf8").on("data", (part) => (warnings += part));
  try {
    const url = await urlOf(child);
    const readyMs = performance.now() - began;
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ backups { nodes { startedAt status } complete } }" }),
    });
    const { data } = await response.json();
    if (data.backups.complete !== true) throw new Error("Expected a complete answer.");
    const npmSays = warnings.split("\n").filter((line) => line.startsWith("npm "));
    return { readyMs, answerMs: performance.now() - began, npmSays };
  } finally {
    process.kill(-child.pid, "SIGTERM");
  }
}

async function urlOf({ stdout }) {
  let text = "";
  for await (const part of stdout.setEncoding("utf8")) {
    text += part;
    const url = /ready at (\S+)\n/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The program did not start: ${text}`);
}

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
try {
  const first = await firstAnswer();
  const again = await firstAnswer();
  const [hash] = readdirSync(join(cache, "_npx"));
  const kilobytes = Number.parseInt(read("du", ["-sk", join(cache, "_npx", hash)]), 10);
  console.log(`Node ${process.version}, tarball of ${(size / 2 ** 20).toFixed(1)} MB`);
  console.log(
    `first run:  ready after ${seconds(first.readyMs)}, answered after ${seconds(first.answerMs)}`,
  );
  console.log(
    `second run: ready after ${seconds(again.readyMs)}, answered after ${seconds(again.answerMs)}`,
  );
  console.log(`installed:  ${(kilobytes / 1_024).toFixed(0)} MB`);
  console.log(`npm says:   ${first.npmSays.join("\n            ") || "nothing"}`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
