import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.js";
import { copiesOf, stagesOf, textsOf, type Stage } from "./dockerfile.js";

const stages = stagesOf("Dockerfile");
const last = stages.at(-1) as Stage;
const [build, packages] = stages as [Stage, Stage];

/** The names and values of a stage's environment. */
const environment = Object.fromEntries(
  textsOf(last, "ENV").flatMap((text) => text.split(/\s+/).map((pair) => pair.split("="))),
) as Record<string, string>;

describe("the image", () => {
  test("is based on a supported Node, pinned to its major version", () => {
    for (const { base } of stages) expect(base).toMatch(/^node:(?:2[4-9]|[3-9]\d)-slim$/);
  });

  test("copies only what exists or was made by an earlier stage", () => {
    for (const stage of stages) {
      for (const { from, sources } of copiesOf(stage)) {
        const made = ["/app/node_modules/", "/build/dist/"];
        if (from !== null) expect(made).toEqual(expect.arrayContaining(sources));
        if (from !== null) expect(stages.map(({ name }) => name)).toContain(from);
        const here = from === null ? sources : [];
        for (const source of here) {
          expect(existsSync(source), source).toBe(true);
          expect(statSync(source).isDirectory(), source).toBe(source.endsWith("/"));
        }
      }
    }
  });

  test("the build context contains exactly what is copied", () => {
    const [all, ...kept] = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(all).toBe("*");
    const copied = stages
      .flatMap(copiesOf)
      .flatMap(({ from, sources }) => (from === null ? sources : []))
      .map((source) => `!${source.replace(/\/$/, "")}`);
    expect([...kept].sort()).toEqual([...new Set(copied)].sort());
  });

  test("contains everything that its build reads", () => {
    const sources = copiesOf(build).flatMap(({ sources: own }) => own);
    for (const config of ["tsconfig.json", "tsconfig.build.json", "package-lock.json"])
      expect(sources).toContain(config);
    expect(textsOf(build, "RUN")).toEqual([
      "npm ci --ignore-scripts && npm run build && npm run sbom",
    ]);
  });

  test("contains no development dependency, and runs no install script of a package", () => {
    expect(textsOf(packages, "RUN")).toEqual(["npm ci --omit=dev --ignore-scripts"]);
    expect(textsOf(last, "RUN")).toEqual([]);
  });

  test("contains every file that the package has besides its code", () => {
    const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
    const held = copiesOf(last).flatMap(({ sources }) => sources.map((s) => s.replace(/\/$/, "")));
    const needed = files.filter((name) => !name.startsWith("!") && !name.endsWith(".md"));
    for (const name of needed)
      expect(
        held.some((path) => path.endsWith(name)),
        name,
      ).toBe(true);
  });

  test("does not run as root", () => {
    expect(textsOf(last, "USER")).toEqual(["node"]);
    const order = last.instructions.map(({ name }) => name);
    expect(order.indexOf("USER")).toBeLessThan(order.indexOf("ENTRYPOINT"));
  });

  test("starts the program, and checks its health with a script in the image", () => {
    const [entry] = textsOf(last, "ENTRYPOINT").map((text) => JSON.parse(text) as string[]);
    expect(entry).toEqual(["node", "/app/dist/main.js"]);
    expect(textsOf(last, "CMD")).toEqual(['["serve"]']);
    const command = /CMD (\[.*\])$/.exec(textsOf(last, "HEALTHCHECK")[0] ?? "")?.[1] ?? "[]";
    expect(JSON.parse(command)).toEqual(["node", "/app/health.mjs"]);
    expect(copiesOf(last)).toContainEqual({
      from: null,
      sources: ["deploy/health.mjs"],
      target: "health.mjs",
    });
    expect(textsOf(last, "WORKDIR")).toEqual(["/app"]);
  });

  test("listens on the port that it exposes, and contains no secret", () => {
    expect(textsOf(last, "EXPOSE")).toEqual([environment["PORT"]]);
    expect(environment["GATEWAY_HOST"]).toBe("0.0.0.0");
    expect(Object.keys(environment).filter((name) => /KEY|SECRET|TOKEN|PASS/.test(name))).toEqual(
      [],
    );
  });

  test("requires auth, even for a demo, because it listens on every address", () => {
    const accounts = "[{ id: a, vendor: ucloud, credentials: { publicKey: a, privateKey: b } }]";
    expect(() => loadConfig({ text: `accounts: ${accounts}`, env: environment })).toThrow(
      "server.host: must be 127.0.0.1, ::1 or localhost while auth.mode is none",
    );
  });
});

interface Service {
  readonly image: string;
  readonly deploy?: { readonly replicas: number };
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
}

const { services } = parse(readFileSync("compose.yaml", "utf8")) as {
  readonly services: Readonly<Record<"gateway" | "valkey", Service>>;
};
const { gateway, valkey } = services;

/** The variables that a text takes from the environment. */
const variablesIn = (text: string): string[] =>
  [...text.matchAll(/(?<!\$)\$\{([A-Z_\d]+)/g)].map(([, name = ""]) => name).sort();

const example = Object.fromEntries(
  readFileSync("deploy/.env.example", "utf8")
    .split("\n")
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split("=")),
) as Record<string, string>;

describe("the compose file", () => {
  test("runs two gateways that share one Valkey, each on a port of this machine only", () => {
    expect(gateway.deploy?.replicas).toBe(2);
    expect(Object.keys(gateway.depends_on ?? {})).toEqual(["valkey"]);
    const [, from, to, port] =
      /^127\.0\.0\.1:(\d+)-(\d+):(\d+)$/.exec(gateway.ports?.[0] ?? "") ?? [];
    expect(Number(to) - Number(from) + 1).toBe(gateway.deploy?.replicas);
    expect(port).toBe(environment["PORT"]);
    expect(valkey.ports).toBeUndefined();
  });

  test.each([
    ["gateway", gateway],
    ["valkey", valkey],
  ])("gives %s a read-only root and no capability", (_, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
  });

  test("mounts the config where the image expects it", () => {
    const [source = "", target, mode] = gateway.volumes?.[0]?.split(":") ?? [];
    expect(existsSync(source)).toBe(true);
    expect([target, mode]).toEqual([environment["GATEWAY_CONFIG"], "ro"]);
  });

  test("waits longer than a gateway takes to stop", () => {
    const serve = readFileSync("src/cli/serve.ts", "utf8");
    const drainMs = Number(/DRAIN_MS = ([\d_]+)/.exec(serve)?.[1]?.replaceAll("_", ""));
    expect(drainMs).toBeGreaterThan(0);
    expect(Number.parseInt(gateway.stop_grace_period ?? "", 10) * 1000).toBeGreaterThan(drainMs);
  });

  test("passes every variable of the config, and the example lists all of them", () => {
    const wanted = variablesIn(
      readFileSync("deploy/gateway.yaml", "utf8").replaceAll(/^#.*$/gm, ""),
    );
    expect(Object.keys(gateway.environment).sort()).toEqual(wanted);
    for (const [name, value] of Object.entries(gateway.environment))
      expect(value).toBe(`\${${name}:?}`);
    expect(Object.keys(example).sort()).toEqual(wanted);
    expect(Object.values(example).every((value) => value === "")).toBe(true);
  });
});

describe("the example config", () => {
  const env = {
    ...Object.fromEntries(Object.keys(example).map((name) => [name, "x"])),
    GATEWAY_KEY_SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    CURSOR_KEY: Buffer.alloc(32, 1).toString("base64"),
    GATEWAY_HOST: environment["GATEWAY_HOST"],
    PORT: environment["PORT"],
    NODE_ENV: environment["NODE_ENV"],
  };

  test("is valid with its variables set: auth on, a shared cache, introspection and GraphiQL off", () => {
    const config = loadConfig({ file: "deploy/gateway.yaml", env });
    expect(config.auth.mode).toBe("apiKey");
    expect(config.server).toMatchObject({
      host: "0.0.0.0",
      port: 4000,
      graphiql: false,
      introspection: false,
    });
    expect(config.cache.url).toBe("redis://:x@valkey:6379");
    expect(config.accounts.map(({ vendor }) => vendor)).toEqual(["ucloud", "tencent", "alibaba"]);
  });

  test.each(Object.keys(example))("names %s if it is not set", (name) => {
    const { [name]: _, ...without } = env as Record<string, string | undefined>;
    expect(() => loadConfig({ file: "deploy/gateway.yaml", env: without })).toThrow(
      `environment variable ${name} is not set`,
    );
  });
});

describe("the health check of the image", () => {
  const ask = (server: Server | number): Promise<number> => {
    const port = typeof server === "number" ? server : (server.address() as AddressInfo).port;
    const env = { ...process.env, GATEWAY_HOST: "0.0.0.0", PORT: String(port) };
    return new Promise((resolve) =>
      execFile(process.execPath, ["deploy/health.mjs"], { env }, (error) =>
        resolve(Number(error?.code ?? 0)),
      ),
    );
  };
  const serving = async (status: number): Promise<Server> => {
    const server = createServer((request, response) => {
      const isRight =
        request.url === "/health/ready" && request.headers.host?.startsWith("0.0.0.0");
      response.writeHead(isRight ? status : 421).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return server;
  };

  test.each([
    { status: 200, code: 0 },
    { status: 503, code: 1 },
  ])("exits with $code if readiness is $status", async ({ status, code }) => {
    const server = await serving(status);
    expect(await ask(server)).toBe(code);
    server.close();
  });

  test("exits with 1 if nothing listens", async () => {
    const server = await serving(200);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(port)).toBe(1);
  });
});

test("the manifests for production name the image of this version", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const file = readFileSync("deploy/kubernetes/production/kustomization.yaml", "utf8");
  const { images } = parse(file) as { images: readonly { newTag: string }[] };
  expect(images.map(({ newTag }) => newTag)).toEqual([version]);
});
