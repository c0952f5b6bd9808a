import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { explainListen, loggerOf, observationOf, startMetrics } from "../../src/cli/serve.js";
import { loadConfig } from "../../src/config/load.js";
import { exchange } from "../server/harness.js";
import { cloudsFile, run, Sink } from "./harness.js";
import { startStillClouds } from "../stillClouds.js";

const PROGRAM = "redis-backup-gateway";

describe("serve", () => {
  test("says which port is taken, and leaves nothing running", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const ran = await run(["serve", "--demo"], { env: { PORT: String(port) } });
    other.close();
    expect(ran).toEqual({
      code: 1,
      stdout: "",
      stderr: `Port ${port} of 127.0.0.1 is in use. Set server.port or PORT to another port, or to 0 for any free port.\n`,
    });
  });

  describe("names on a terminal what to try next, in the words of its start:", () => {
    const START = { npm_lifecycle_event: "start" };
    const NPX = { npm_command: "exec" };
    test.each<[string, Record<string, string>, readonly string[], readonly string[]]>([
      [
        "npm start",
        START,
        ["--demo"],
        ["npx … coverage --demo", "npm start -- --config gateway.yaml"],
      ],
      ["npx", NPX, ["--demo"], ["npx … coverage --demo", "npx … serve --config gateway.yaml"]],
      ["a program", {}, ["--demo"], ["… coverage --demo", "… serve --config gateway.yaml"]],
      ["npm start", START, ["-c", "FILE"], ["npx … check --config FILE"]],
      ["a program", {}, [], ["… check"]],
      ["npm start", START, ["--clouds"], ["npx … coverage --clouds", "npm start"]],
      [
        "npx",
        NPX,
        ["--clouds", "-c", "FILE"],
        ["npx … coverage --clouds -c FILE", "npx … serve --config FILE"],
      ],
    ])("%s %j %j", async (_, env, args, commands) => {
      const clouds = await startStillClouds();
      const file = cloudsFile(clouds);
      const [stdout, stderr] = [new Sink(true), new Sink(true)];
      const ending = new AbortController();
      const ran = run(["serve", ...args.map((word) => (word === "FILE" ? file : word))], {
        env: { ...env, PORT: "0", GATEWAY_CONFIG: args.includes("FILE") ? "" : file },
        stdout,
        stderr,
        interrupted: ending.signal,
      });
      await expect.poll(() => stdout.text).toMatch(/ready at \S+\n$/);
      ending.abort();
      await ran;
      await clouds.close();
      const lines = stdout.text.replaceAll(file, "FILE").trimEnd().split("\n");
      expect(lines[0]).toContain("Stop it with Ctrl-C.");
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
      const shown = lines.slice(1).map((line) => line.slice(21));
      for (const command of commands) expect(shown).toContain(command.replace("…", PROGRAM));
      expect(lines.some((line) => line.includes("x-clouds-token"))).toBe(
        args.some((a) => a.startsWith("--")),
      );
    });
  });

  test.each([
    ["./redis-backup-gateway-1.0.0.tgz", "./redis-backup-gateway-1.0.0.tgz"],
    ["github:example/redis-backup-gateway#v1", '"github:example/redis-backup-gateway#v1"'],
    ["redis-backup-gateway@1.0.0", "redis-backup-gateway@1.0.0"],
    ["/src/checkout", PROGRAM],
  ])("names what npx was given on a terminal: %s", async (given, named) => {
    const folder = join(mkdtempSync(join(tmpdir(), "npx-")), "_npx/0123456789abcdef");
    onTestFinished(() => rmSync(join(folder, "../.."), { recursive: true }));
    mkdirSync(folder, { recursive: true });
    const manifest = { dependencies: { [PROGRAM]: "file:x" }, _npx: { packages: [given] } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    const stdout = new Sink(true);
    const ending = new AbortController();
    const PATH = ["/usr/bin", join(folder, "node_modules/.bin"), "/bin"].join(delimiter);
    const ran = run(["serve", "--demo"], {
      env: { npm_command: "exec", npm_config_local_prefix: "/src/checkout", PATH, PORT: "0" },
      stdout,
      interrupted: ending.signal,
    });
    await expect.poll(() => stdout.text).toMatch(/ready at \S+\n$/);
    ending.abort();
    await ran;
    expect(stdout.text).toContain(`npx ${named} coverage --demo\n`);
  });

  test.each([
    ["EACCES", "may not listen on port 80"],
    ["EADDRNOTAVAIL", "10.9.8.7 is not an address of this machine"],
    ["ENOTFOUND", "10.9.8.7 is not an address of this machine"],
  ])("explains %s", (code, says) => {
    const explain = explainListen({ host: "10.9.8.7", port: 80 });
    expect(() => explain(Object.assign(new Error("no"), { code }))).toThrow(says);
  });

  test("hands other faults on as they are", () => {
    const fault = new Error("something else");
    expect(() => explainListen({ host: "::1", port: 1 })(fault)).toThrow(fault);
  });

  test("lets nobody in without a key where the config asks for one, and asks no vendor", async () => {
    const clouds = await startStillClouds();
    const file = cloudsFile(clouds);
    const sha256 = createHash("sha256").update("a-key").digest("hex");
    const apiKeys = [
      { name: "readers", sha256, scopes: ["backups:read"], accounts: ["demo-ucloud"] },
    ];
    const config = { ...JSON.parse(readFileSync(file, "utf8")), auth: { mode: "apiKey", apiKeys } };
    writeFileSync(file, JSON.stringify(config));
    const stdout = new Sink(false);
    const ending = new AbortController();
    const ran = run(["serve", "--config", file], {
      env: { PORT: "0", GATEWAY_HOST: "127.0.0.1" },
      stdout,
      interrupted: ending.signal,
    });
    while (!stdout.text.includes("ready at")) await new Promise((go) => setTimeout(go, 20));
    const url = /ready at (\S+)/.exec(stdout.text)?.[1] ?? "";
    const ask = (key?: string) =>
      fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ query: "{ providers { key } backups(first: 1) { nodes { id } } }" }),
      });
    expect((await ask()).status).toBe(401);
    expect((await ask("another-key")).status).toBe(401);
    expect(clouds.calls.count()).toBe(0);
    const admitted = await ask("a-key");
    const answer = (await admitted.json()) as { data: { providers: unknown } };
    expect(answer.data.providers).toEqual([
      { key: "demo-ucloud/umem" },
      { key: "demo-ucloud/uredis" },
    ]);
    ending.abort();
    expect((await ran).code).toBe(0);
    await clouds.close();
  });
});

const configOf = (metrics: string) =>
  loadConfig({
    text: `
server: { logLevel: silent${metrics} }
accounts:
  - { id: ops, vendor: ucloud, credentials: { publicKey: public-key, privateKey: private-key } }
`,
    env: {},
  });

const start = (metrics: string) => {
  const config = configOf(metrics);
  const logger = pino({ level: "silent" });
  return startMetrics(observationOf(config, logger), config, logger);
};

describe("the metrics listener of a config", () => {
  test("is there only where the config has one", async () => {
    expect(await start("")).toBeNull();
    const server = await start(", metrics: { port: 0 }");
    onTestFinished(() => server?.close());
    const { status, text } = await exchange(String(server?.url));
    expect(status).toBe(200);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });

  test("says which setting to change where its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(start(`, metrics: { port: ${port} }`)).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use. Set server.metrics.port to another port, or to 0 for any free port.`,
    );
  });
});

test("the log of a config has its level", () => {
  expect(loggerOf(configOf("")).level).toBe("silent");
});
