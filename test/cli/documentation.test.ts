import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Kind, parse, type DocumentNode } from "graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Interrupted } from "../../src/cli/context.js";
import { run, Sink } from "./harness.js";

const PAGES = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

interface Block {
  readonly page: string;
  readonly code: string;
}

/** The code blocks of all pages in one of these languages. */
const blocksOf = (...languages: readonly string[]): readonly Block[] =>
  PAGES.flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
      .filter(([, language = ""]) => languages.includes(language))
      .map(([, , code = ""]) => ({ page, code })),
  );

const operations = blocksOf("graphql")
  .map(({ page, code }) => ({ page, code, document: parse(code) }))
  .filter(({ document }) =>
    document.definitions.every(({ kind }) => kind !== Kind.SCHEMA_EXTENSION),
  )
  .map((block) => ({ ...block, name: `${block.page}: ${block.code.split("\n")[0]}` }));

/** Values for the variables of the pages' operations. */
const VALUES: Readonly<Record<string, unknown>> = {
  since: "2026-01-01T00:00:00Z",
  until: "2030-01-01T00:00:00Z",
  after: null,
  before: null,
  filter: {},
};

const variablesOf = ({ definitions }: DocumentNode): readonly string[] =>
  definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION
      ? (one.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
      : [],
  );

interface Answer {
  readonly data?: { readonly backups?: { readonly nodes: readonly { readonly id: string }[] } };
  readonly errors?: readonly unknown[];
}

let url = "";
beforeAll(async () => {
  const ending = new AbortController();
  const stdout = new Sink(false);
  const ended = run(["serve", "--demo"], {
    env: { PORT: "0" },
    stdout,
    now: Date.now,
    interrupted: ending.signal,
  });
  url = await vi.waitUntil(() => /ready at (\S+)\n/.exec(stdout.text)?.[1], { timeout: 120_000 });
  return async () => {
    ending.abort();
    await ended;
  };
});

async function ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

describe("the queries of the documentation", () => {
  test("are in several pages", () => {
    expect(new Set(operations.map(({ page }) => page)).size).toBeGreaterThan(4);
  });

  test.each(operations)("$name", async ({ code, document }) => {
    const { data } = await ask("{ backups(first: 1) { nodes { id } } }", {});
    const values: Readonly<Record<string, unknown>> = {
      ...VALUES,
      id: data?.backups?.nodes[0]?.id,
    };
    const names = variablesOf(document);
    expect(names.filter((name) => !(name in values))).toEqual([]);
    const answer = await ask(code, Object.fromEntries(names.map((name) => [name, values[name]])));
    expect(answer.errors).toBeUndefined();
    expect(answer.data).not.toBeNull();
  });
});

/** What the table of clouds says of a product, by the provider that has it in the demo. */
const ROWS: Readonly<Record<string, RegExp>> = {
  "demo-aws/elasticache": /^\| AWS +\| ElastiCache \(/m,
  "demo-aws/elasticache-serverless": /^\| AWS +\| ElastiCache Serverless/m,
  "demo-aws/memorydb": /^\| AWS +\| MemoryDB/m,
  "demo-alibaba/kvstore": /^\| Alibaba Cloud/m,
  "demo-tencent/redis": /^\| Tencent Cloud/m,
  "demo-ucloud/uredis": /^\| UCloud +\| URedis/m,
  "demo-ucloud/umem": /^\| UCloud +\| UMem/m,
  "demo-s3/rdb": /^\| S3 /m,
};

describe("the table of clouds in the README", () => {
  test("says of each product what the demo shows", async () => {
    const query = `{
      providers { key }
      instances(first: 200) {
        nodes { provider { key } tags { key } automaticBackups retention latestBackup(status: SUCCEEDED) { sizeBytes encrypted } }
      }
    }`;
    const { data } = (await ask(query, {})) as {
      data: {
        providers: { key: string }[];
        instances: {
          nodes: {
            provider: { key: string };
            tags: unknown;
            automaticBackups: unknown;
            retention: unknown;
            latestBackup: { sizeBytes: unknown; encrypted: unknown } | null;
          }[];
        };
      };
    };
    expect(data.providers.map(({ key }) => key).sort()).toEqual(Object.keys(ROWS).sort());
    const readme = readFileSync("README.md", "utf8").split("\n## Clouds\n")[1] ?? "";
    for (const [provider, row] of Object.entries(ROWS)) {
      const line = readme.slice(readme.search(row)).split("\n")[0] ?? "";
      const cells = line.split("|").map((cell) => cell.trim());
      const nodes = data.instances.nodes.filter(({ provider: { key } }) => key === provider);
      const shows = (of: (node: (typeof nodes)[number]) => unknown) =>
        nodes.some((node) => (of(node) ?? null) !== null);
      const shown = [
        shows(({ latestBackup }) => latestBackup?.sizeBytes),
        shows(({ tags }) => tags),
        shows(({ automaticBackups }) => automaticBackups),
        shows(({ retention }) => retention),
        shows(({ latestBackup }) => latestBackup?.encrypted),
      ];
      expect([provider, ...cells.slice(3, 8).map((cell) => cell !== "no")]).toEqual([
        provider,
        ...shown,
      ]);
    }
  });
});

/** Pages whose commands have tests of their own. */
const TESTED_PAGES = ["docs/evidence.md", "docs/production.md"];

/** Commands that need more than the program, and what runs them. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (?:start|test)/, ".ci/run"],
  [/^npm (?:start|run check|pack)|^npx vitest/, ".ci/run"],
  [/^docker |^cp deploy\/\.env/, "test/deploy/deploy.test.ts"],
  [/^npm install @opentelemetry|OTEL_|NODE_OPTIONS/, "test/server/observe/process.test.ts"],
  [
    /kubernetes|secrets\.env|credentials\.example|^kubectl/,
    "test/peers/kubernetes/kubernetes.peer.test.ts",
  ],
  [/completion (?:bash|fish)/, "test/cli/completion.test.ts"],
  [/^(?:useradd|install|systemctl) /, "test/peers/kubernetes/kubernetes.peer.test.ts"],
];

/** Commands that measure, which takes an hour: only their names are checked. */
const MEASURING = /^npm (?:run bench\b|ci --prefix test\/bench\/hive$)/;

const commands = blocksOf("sh", "bash")
  .filter(({ page }) => !TESTED_PAGES.includes(page))
  .flatMap(({ page, code }) => code.split("\n").map((line) => ({ page, line })))
  .map(({ page, line }) => ({ page, line: line.replace(/ +#.*$/, "").trim() }))
  .filter(({ line }) => line !== "");
const runnable = commands.filter(
  ({ line }) =>
    /^(?:(?:npx )?redis-backup-gateway|node --.* dist\/main\.js) /.test(line) &&
    !ELSEWHERE.some(([what]) => what.test(line)),
);

/** Commands that run until they are ended. */
const ENDLESS = /\bserve\b|--follow\b/;

/** Commands that are the same over the demo run once. */
const distinct = [
  ...new Map(
    runnable.map((command) => [
      command.line.replace(/^npx | --demo\b| --config \S+/g, ""),
      command,
    ]),
  ).values(),
];

/** Whether a process handles SIGTERM (Linux): a process that is still starting does not. */
function handlesSigterm({ pid }: ChildProcess): boolean {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return true;
  const [, caught = ""] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(file, "utf8")) ?? [];
  return (Number.parseInt(caught.slice(-8), 16) & (1 << (constants.signals.SIGTERM - 1))) !== 0;
}

describe("the commands of the documentation", () => {
  const folder = mkdtempSync(join(tmpdir(), "documentation-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const [config] = blocksOf("yaml").filter(({ page }) => page === "README.md");
  writeFileSync(join(folder, "own.yaml"), config?.code ?? "");

  const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

  /**
   * Stands in for the installed command and for npx, and writes down what it is given. Accounts of a config
   * are those of the demo, except with --clouds, which takes the config of the README.
   */
  const shim = (drop: string): string => `#!/usr/bin/env bash
${drop}
args=() over=(--demo)
while (($#)); do
  case $1 in
    --config) shift 2 ;;
    --demo) shift ;;
    --clouds) over=(--clouds --config "${folder}/own.yaml"); shift ;;
    *) args+=("$1"); shift ;;
  esac
done
printf '%s\\0' "\${args[@]}" "\${over[@]}" > "${folder}/given"
`;
  writeFileSync(join(folder, "npx"), shim("shift"), { mode: 0o755 });
  writeFileSync(join(folder, "redis-backup-gateway"), shim(""), { mode: 0o755 });
  const node = `#!/usr/bin/env bash
args=()
for one; do
  case $one in
    --config) args+=(--demo) ;;
    gateway.yaml) ;;
    dist/main.js) args+=("${program}") ;;
    *) args+=("$one") ;;
  esac
done
exec "${process.execPath}" "\${args[@]}"
`;
  writeFileSync(join(folder, "node"), node, { mode: 0o755 });

  test("are run here or by another test that is there", () => {
    const rest = commands.filter(
      (command) => !runnable.includes(command) && !MEASURING.test(command.line),
    );
    const unknown = rest.filter(({ line }) => !ELSEWHERE.some(([what]) => what.test(line)));
    expect(unknown).toEqual([]);
    for (const [, by] of ELSEWHERE) expect(existsSync(by), by).toBe(true);
    expect(runnable.length).toBeGreaterThan(6);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
    const names = commands.flatMap(({ line }) => /^npm run (\S+)/.exec(line)?.[1] ?? []);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names));
    expect(existsSync("test/bench/hive/package.json")).toBe(true);
  });

  const env = { ...process.env, PORT: "0", PATH: `${folder}:${process.env["PATH"]}` };
  const [ofNode, ofProgram] = [true, false].map((is) =>
    distinct.filter(({ line }) => line.startsWith("node ") === is),
  ) as [typeof distinct, typeof distinct];

  test.each(ofProgram)("$page: $line", async ({ line }) => {
    rmSync(join(folder, "given"), { force: true });
    execFileSync("bash", ["-c", line], { cwd: folder, env });
    const given = readFileSync(join(folder, "given"), "utf8").split("\0").slice(0, -1);
    const [stdout, stderr] = [new Sink(false), new Sink(false)];
    const ending = new AbortController();
    let isOver = false;
    const ran = run(given, {
      env: { PORT: "0" },
      stdout,
      stderr,
      now: Date.now,
      interrupted: ending.signal,
      async sleep(_ms, signal) {
        // A list that waits for rows may print nothing.
        isOver ||= ENDLESS.test(line);
        if (isOver) await once(signal, "abort");
        signal.throwIfAborted();
      },
    }).finally(() => (isOver = true));
    if (ENDLESS.test(line)) {
      // What it prints first shows that it works.
      await expect.poll(() => isOver || stdout.text !== "").toBe(true);
      ending.abort(new Interrupted("SIGTERM"));
    }
    const { code } = await ran;
    // 2 and 3 are answers, too: instances violate the RPO, or are unknown; 143: it was ended by SIGTERM.
    expect(ENDLESS.test(line) ? [0, 143] : [0, 2, 3], stderr.text).toContain(code);
  });

  test.each(ofNode)("$page: $line", async ({ line }) => {
    const child = spawn("bash", ["-c", line.replace(/^node /, "exec node ")], { cwd: folder, env });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = once(child, "exit");
    // What it prints first shows that it works. It may be written to a file.
    await Promise.race([once(child.stdout, "data"), ended, sleep(5_000)]);
    while (child.exitCode === null && !handlesSigterm(child)) await sleep(50);
    child.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    expect([0, 143], stderr).toContain(code);
    if (line.includes("--cpu-prof"))
      expect(readdirSync(folder).join(" ")).toMatch(/\.cpuprofile\b/);
    if (line.includes("--trace-opt"))
      expect(readFileSync(join(folder, "trace.log"), "utf8")).toMatch(/completed optimizing/);
  });
});
