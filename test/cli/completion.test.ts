import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasProgram } from "../tools.js";
import { cloudsFile, configFile, run } from "./harness.js";
import { startStillClouds } from "../stillClouds.js";

const FILE = {
  accounts: [
    {
      id: "ops-ucloud",
      vendor: "ucloud",
      credentials: { publicKey: "${UNSET_PUBLIC}", privateKey: "canary-key" },
      regions: ["cn-bj2", "${SECOND_REGION:-hk}"],
    },
    {
      id: "ops-tencent",
      vendor: "tencent",
      credentials: { secretId: "${UNSET_ID}", secretKey: "${UNSET_KEY}" },
      regions: ["ap-guangzhou"],
    },
  ],
  auth: { mode: "apiKey", apiKeys: [{ name: "k", sha256: "${UNSET_SHA}", scopes: [] }] },
  policies: [
    { name: "production", match: { names: ["prod-*"] }, rpo: "PT24H" },
    { name: "default", rpo: "PT48H" },
  ],
};
let file: string;
beforeAll(() => (file = configFile(FILE)));

/** The values that are offered for the last of some words. */
async function offered(words: readonly string[], env = {}): Promise<string[]> {
  const { code, stdout, stderr } = await run(["complete", "--", ...words], {
    env: { GATEWAY_CONFIG: file, ...env },
  });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).not.toContain("canary");
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("the words that can follow", () => {
  test.each([
    [["co"], ["coverage", "completion"]],
    [["list", "--st"], ["--status"]],
    [
      ["coverage", "--r"],
      ["--region", "--rpo"],
    ],
    [["--dem"], ["--demo"]],
    [
      ["list", "--format", ""],
      ["table", "ndjson", "csv"],
    ],
    [["list", "--vendor", "T"], ["TENCENT"]],
    [
      ["list", "--vendor", "UCLOUD,A"],
      ["UCLOUD,ALIBABA", "UCLOUD,AWS"],
    ],
    [
      ["completion", ""],
      ["bash", "zsh", "fish", "powershell"],
    ],
    [["check", "--config", "gate"], [":files"]],
    [
      ["list", "--provider", ""],
      ["ops-ucloud/uredis", "ops-ucloud/umem", "ops-tencent/redis"],
    ],
    [["list", "--provider", "ops-t"], ["ops-tencent/redis"]],
    [
      ["list", "--provider", "ops-ucloud/umem,ops-"],
      ["ops-ucloud/umem,ops-ucloud/uredis", "ops-ucloud/umem,ops-tencent/redis"],
    ],
    [["list", "--provider=ops-t"], ["--provider=ops-tencent/redis"]],
    // As bash splits it.
    [["list", "--provider", "=", "ops-t"], ["ops-tencent/redis"]],
    [
      ["list", "--region", "="],
      ["ap-guangzhou", "cn-bj2", "hk"],
    ],
    [
      ["coverage", "--policy", ""],
      ["production", "default"],
    ],
    [["list", "--name", ""], []],
    [["list", "--since", ""], []],
  ])("of %j are %j", async (words, values) => {
    expect(await offered(words)).toEqual(values);
  });

  test("are those of the file that the line names", async () => {
    const [account] = FILE.accounts;
    const other = configFile({ accounts: [{ ...account, id: "other", products: ["umem"] }] });
    expect(await offered(["list", "--config", other, "--provider", ""])).toEqual(["other/umem"]);
    expect(await offered(["list", `--config=${other}`, "--provider", ""])).toEqual(["other/umem"]);
    expect(await offered(["list", "--demo", "--provider", "demo-u"])).toEqual([
      "demo-ucloud/uredis",
      "demo-ucloud/umem",
    ]);
    expect(await offered(["list", "--region", "c"], { SECOND_REGION: "cn-sh2" })).toEqual([
      "cn-bj2",
      "cn-sh2",
    ]);
  });

  test("have no values if the file is wrong or missing", async () => {
    const wrong = configFile({ accounts: [{ id: "a", vendor: "nobody" }] });
    expect(await offered(["list", "-c", wrong, "--provider", ""])).toEqual([]);
    expect(await offered(["list", "-c", `${wrong}-missing`, "--provider", ""])).toEqual([]);
  });

  test("need no vendor call", async () => {
    const clouds = await startStillClouds();
    const values = await offered(["list", "-c", cloudsFile(clouds), "--provider", ""]);
    expect(values).toContain("demo-tencent/redis");
    expect(clouds.calls.count()).toBe(0);
    await clouds.close();
  });

  test("do not show the command that finds them", async () => {
    expect(await offered([""])).not.toContain("complete");
    expect((await run(["--help"])).stdout).not.toMatch(/\bcomplete \[/);
    expect((await run(["complet"])).stderr).not.toMatch(/\bcomplete\b/);
  });

  test("begin after the last word with --next, for shells that drop empty arguments", async () => {
    const env = { GATEWAY_CONFIG: file };
    const { stdout } = await run(["complete", "--next", "--", "list", "--region"], { env });
    expect(stdout).toBe("ap-guangzhou\t\ncn-bj2\t\nhk\t\n");
  });
});

describe("a real shell", () => {
  const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "completion-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    const program = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
    writeFileSync(join(folder, "redis-backup-gateway"), program, { mode: 0o755 });
    writeFileSync(join(folder, "my file.yaml"), "");
  });

  /** What a shell prints that runs a text after the script for it. */
  async function inShell(shell: "bash" | "zsh" | "fish", text: string): Promise<string[]> {
    const { stdout } = await run(["completion", shell]);
    const script = join(folder, `script.${shell}`);
    writeFileSync(script, stdout);
    const before = shell === "zsh" ? "autoload -Uz compinit; compinit -u -D\n" : "";
    const args = {
      bash: ["--norc", "--noprofile"],
      zsh: ["-f"],
      fish: ["--no-config"],
    };
    const shown = execFileSync(
      shell,
      [...args[shell], "-c", `${before}source '${script}'\n${text}`],
      {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          HOME: folder,
          PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          GATEWAY_CONFIG: file,
        },
      },
    );
    return shown.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
  }
  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

  const CASES: [readonly string[], readonly string[]][] = [
    [["co"], ["coverage", "completion"]],
    [
      ["list", "--provider", "ops-u"],
      ["ops-ucloud/uredis", "ops-ucloud/umem"],
    ],
    [["list", "--provider", "ops-t"], ["ops-tencent/redis"]],
    [["check", "-c", "my"], ["my file.yaml"]],
  ];

  test.each(CASES)("bash offers after %j: %j", async (words, values) => {
    const line = quoted(["redis-backup-gateway", ...words]);
    const text = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _redis_backup_gateway
printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(await inShell("bash", text)).toEqual(values);
  });

  test("bash runs nothing that is only typed", async () => {
    const text = `COMP_WORDS=(redis-backup-gateway list '$(touch ran)' ''); COMP_CWORD=3
_redis_backup_gateway; ls ran 2>/dev/null`;
    expect(await inShell("bash", `${text}; true`)).toEqual([]);
  });

  // Skipped where zsh is not installed.
  test.skipIf(!hasProgram("zsh")).each(CASES)("zsh offers after %j: %j", async (words, values) => {
    const text = `_describe() { print -rl -- \${found%%:*} }
_files() { print -rl -- \${words[CURRENT]}* }
words=(${quoted(["redis-backup-gateway", ...words])}); CURRENT=${words.length + 1}
_redis_backup_gateway`;
    expect(await inShell("zsh", text)).toEqual(values);
  });

  // Skipped where fish is not installed.
  test.skipIf(!hasProgram("fish")).each(CASES)(
    "fish offers after %j: %j",
    async (words, values) => {
      const text = `complete -C '${["redis-backup-gateway", ...words].join(" ")}'`;
      expect((await inShell("fish", text)).sort()).toEqual([...values].sort());
    },
  );
});

test("the script for PowerShell registers a completer that asks the program", async () => {
  const { stdout } = await run(["completion", "powershell"]);
  expect(stdout).toMatch(
    /^Register-ArgumentCompleter -Native -CommandName redis-backup-gateway -ScriptBlock \{/,
  );
  expect(stdout).toContain("& redis-backup-gateway complete @next '--' @words");
});
