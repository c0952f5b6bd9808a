import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { sized } from "../runs.js";
import { Interrupted } from "../../src/cli/context.js";
import { cloudsFile, run } from "./harness.js";

/** The built program; `npm test` builds it. */
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

let clouds: Clouds;
let file: string;
const running = new Set<ChildProcess>();
// Calls of a program that was ended may arrive when it is gone, so that each test has clouds of its own.
beforeEach(async () => {
  clouds = await startClouds();
  file = cloudsFile(clouds);
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
  await clouds.close();
});

/** Starts a program and gathers what it writes. */
function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stderr: "pipe" | number = "pipe",
) {
  const child = spawn(command, args, {
    env: { ...process.env, GATEWAY_CONFIG: file, PORT: "0", ...env },
    stdio: ["ignore", "pipe", stderr],
  });
  running.add(child);
  const text = { stdout: "", stderr: "" };
  const { stdout } = child as { readonly stdout: Readable };
  stdout.setEncoding("utf8").on("data", (part: string) => (text.stdout += part));
  child.stderr?.setEncoding("utf8").on("data", (part: string) => (text.stderr += part));
  const ended = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  return { child, stdout, text, ended };
}

const node = (...args: readonly string[]) => start(process.execPath, [MAIN, ...args]);

/** The URL of a gateway, once it is ready. */
async function readyUrl({ stdout, text, ended }: ReturnType<typeof start>): Promise<string> {
  await Promise.race([once(stdout, "data"), ended]);
  const url = /ready at (\S+)\n$/.exec(text.stdout)?.[1];
  if (url === undefined) throw new Error(`The gateway did not start: ${text.stderr}`);
  return url;
}

/** Sends a query to a gateway. */
const ask = (url: string, query: string, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal,
  });

/** The moment at which a call has reached the clouds, which hold it from then on. */
const firstCallHeld = (): Promise<void> =>
  new Promise((resolve) => {
    clouds.knobs.hook = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });

describe("Ctrl-C", () => {
  const COMMANDS = [
    { args: ["list"], signal: "SIGINT", code: 130 },
    { args: ["stats", "--by", "day", "--instance", "a-name"], signal: "SIGHUP", code: 129 },
    { args: ["coverage", "--instance", "a-name"], signal: "SIGTERM", code: 143 },
    { args: ["coverage", "--rpo", "PT24H"], signal: "SIGINT", code: 130 },
    { args: ["check"], signal: "SIGINT", code: 130 },
    { args: ["list", "--instance", "a-name"], signal: "SIGINT", code: 130 },
  ] as const;

  test.each(COMMANDS)("ends $args under way with $code, and nothing said", async (one) => {
    const held = firstCallHeld();
    const ending = new AbortController();
    const env = { GATEWAY_CONFIG: file };
    const ended = run(one.args, { env, interrupted: ending.signal });
    await held;
    ending.abort(new Interrupted(one.signal));
    expect(await ended).toEqual({ code: one.code, stdout: "", stderr: "" });
  });

  // One command for each signal.
  test.each(COMMANDS.slice(0, 3))(
    "ends a process of $args under way with $code, and nothing said",
    async ({ args, signal, code }) => {
      const held = firstCallHeld();
      const { child, text, ended } = node(...args);
      await held;
      child.kill(signal);
      expect(await ended).toEqual([code, null]);
      expect(text).toEqual({ stdout: "", stderr: "" });
    },
  );

  test("ends a gateway although an exporter still waits for its collector", async () => {
    // A timer keeps the process alive just as the open request of an exporter does.
    const waiting = "data:text/javascript,setInterval(() => undefined, 1_000)";
    const gateway = start(process.execPath, ["--import", waiting, MAIN, "serve"]);
    await readyUrl(gateway);
    gateway.child.kill("SIGTERM");
    expect(await gateway.ended).toEqual([0, null]);
    expect(gateway.text.stderr).toContain("The gateway has stopped.");
  });

  test("is named by the demo with the pages and what to try next, in 80 columns, and ends it with 0", async () => {
    const env = { npm_lifecycle_event: "start" };
    const gateway = start(process.execPath, [MAIN, "serve", "--demo"], env);
    const url = await readyUrl(gateway);
    const lines = gateway.text.stdout.trimEnd().split("\n");
    expect(lines.at(-1)).toBe(`Gateway ready at ${url}`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[0]).toContain("not real accounts. Stop it with Ctrl-C.");
    const shown = lines.slice(1).map((line) => line.slice(21));
    for (const hint of [new URL("/", url).href, url, "npx redis-backup-gateway coverage --demo"])
      expect(shown).toContain(hint);
    expect((await fetch(new URL("/health/ready", url))).status).toBe(200);
    gateway.child.kill("SIGINT");
    expect(await gateway.ended).toEqual([0, null]);
    // Its port is free.
    await expect(fetch(url)).rejects.toThrow();
  });

  test.each([
    ["SIGINT", "SIGINT"],
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ] as const)(
    "ends a gateway at once that waits for its operations after %s: %s",
    async (...signals) => {
      const [first, second] = signals;
      const held = firstCallHeld();
      const gateway = node("serve");
      const { child, ended } = gateway;
      const url = await readyUrl(gateway);
      const asked = ask(url, "{ backups { complete } }").catch((error: Error) => error.name);
      await held;
      child.kill(first);
      const closed = async (): Promise<void> => {
        while (await fetch(new URL("/health/live", url)).then(Boolean, () => false));
      };
      await closed();
      // Asks a gateway that has no terminal to read its config again, and it stops anyway.
      child.kill("SIGHUP");
      child.kill(second);
      expect(await ended).toEqual([null, second]);
      expect(await asked).toBe("TypeError");
    },
  );
});

describe("a gateway whose log cannot be written", () => {
  test("for its disk is full, goes on and ends with 0", async () => {
    const gateway = start(process.execPath, [MAIN, "serve"], {}, openSync("/dev/full", "w"));
    const url = await readyUrl(gateway);
    // A line of the log, as there was one before.
    expect((await ask(url, "{ __typename }")).status).toBe(200);
    gateway.child.kill("SIGTERM");
    expect(await gateway.ended).toEqual([0, null]);
  });

  test("for its reader goes while it ends, ends with 0", async () => {
    const held = firstCallHeld();
    const gateway = node("serve");
    const { child, text, ended } = gateway;
    const leaving = new AbortController();
    const asked = ask(await readyUrl(gateway), "{ backups { complete } }", leaving.signal);
    await held;
    child.kill("SIGTERM");
    while (!text.stderr.includes("The gateway is stopping")) await once(child.stderr!, "data");
    child.stderr!.destroy();
    leaving.abort();
    await expect(asked).rejects.toThrow();
    expect(await ended).toEqual([0, null]);
  });
});

test("a demo that the environment forbids ends at once, and says why", async () => {
  const env = { GATEWAY_HOST: "0.0.0.0", PORT: "four" };
  const { text, ended } = start(process.execPath, [MAIN, "--demo"], env);
  expect(await ended).toEqual([1, null]);
  expect(text.stdout).toBe("");
  expect(text.stderr).toContain("the demo's config has 2 faults:");
  for (const says of [
    "localhost while auth.mode is none",
    "must be a whole number from 0 to 65535",
    "from environment variable GATEWAY_HOST",
    "from environment variable PORT",
  ])
    expect(text.stderr).toContain(says);
});

describe("a terminal", () => {
  test.each([
    { NO_COLOR: "", isColored: true },
    { NO_COLOR: "1", isColored: false },
  ])("shows colours unless NO_COLOR is set: $NO_COLOR", async ({ NO_COLOR, isColored }) => {
    // `script` of util-linux runs a command in a terminal of its own.
    const command = 'stty cols 80; "$NODE" "$MAIN" stats --by vendor';
    const env = { NODE: process.execPath, MAIN, TERM: "xterm-256color", NO_COLOR };
    const { text, ended } = start("script", ["-qec", command, "/dev/null"], env);
    expect(await ended).toEqual([0, null]);
    expect(text.stdout).toContain("vendor calls");
    expect(/\u001b\[[34]\d/.test(text.stdout)).toBe(isColored);
  });
});

describe("a pipe", () => {
  test.each(["table", "ndjson", "csv"])("that is closed early ends %s quietly", async (format) => {
    // Few lists, of more rows than a pipe holds.
    await clouds.close();
    clouds = await startClouds({ estate: { instances: 1, regions: 1, backupsEach: 120 } });
    const env = { GATEWAY_CONFIG: cloudsFile(clouds) };
    const script = '"$0" "$1" list --format "$2" | head -n 2; echo "${PIPESTATUS[0]}"';
    const { text, ended } = start("bash", ["-c", script, process.execPath, MAIN, format], env);
    expect(await ended).toEqual([0, null]);
    const lines = text.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe("0");
    expect(text.stderr).toBe("");
  });

  test("gets rows on stdout and nothing else", async () => {
    const { text, ended } = node("list", "--demo", "--vendor", "tencent", "--format", "ndjson");
    expect(await ended).toEqual([0, null]);
    expect(text.stderr).toBe("Demo: embedded clouds, not real accounts.\n");
    const rows = text.stdout.trimEnd().split("\n");
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.every((row) => JSON.parse(row) !== null)).toBe(true);
  });

  test("writes a table, also of names that are not ASCII", async () => {
    const { text, ended } = node("list", "--demo", "--vendor", "s3");
    expect(await ended).toEqual([0, null]);
    expect(text.stdout).toMatch(/^STARTED +PROVIDER/);
    expect(text.stdout).toMatch(/[^ -~\n]/);
  });
});

/** Backups of a list, and the heap that holds them with little to spare: 100,000 and 256 MB in `.ci/run`. */
const BACKUPS = sized(8_000, 100_000);
const HEAP_MB = sized(40, 256);

describe(`a list of ${BACKUPS} backups`, () => {
  test(
    `fits into ${HEAP_MB} MB of heap, with all that the gateway keeps`,
    { timeout: 300_000 },
    async () => {
      const products = CLOUD_PRODUCTS.length;
      const instances = BACKUPS / 100 / products;
      const large = await startClouds({ estate: { instances, backupsEach: 100 } });
      const { child, ended } = start(process.execPath, [
        `--max-old-space-size=${HEAP_MB}`,
        ...[MAIN, "list", "--config", cloudsFile(large), "--format", "ndjson"],
      ]);
      let rows = 0;
      child.stdout?.removeAllListeners("data");
      child.stdout?.on("data", (part: string) => (rows += part.split("\n").length - 1));
      const end = await ended;
      await large.close();
      expect(end).toEqual([0, null]);
      expect(rows).toBe(BACKUPS);
    },
  );
});
