import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { run } from "./harness.js";

/** What bash offers after the words. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout } = await run(["completion", "bash"]);
  const line = ["redis-backup-gateway", ...words].map((word) => `'${word}'`).join(" ");
  const script = `${stdout}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}
_redis_backup_gateway
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("completion in bash", () => {
  test("offers the commands", async () => {
    expect(await offered("")).toEqual(expect.arrayContaining(["serve", "list", "--help"]));
    expect(await offered("co")).toEqual(["coverage", "completion"]);
  });

  test("offers a command's flags", async () => {
    expect(await offered("list", "--st")).toEqual(["--status"]);
    expect(await offered("coverage", "--r")).toEqual(["--region", "--rpo"]);
  });

  test("offers the words of a flag", async () => {
    expect(await offered("list", "--format", "")).toEqual(["table", "ndjson", "csv"]);
    expect(await offered("list", "--vendor", "T")).toEqual(["TENCENT"]);
    expect(await offered("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh"]));
  });

  test("offers files where a flag takes one", async () => {
    expect(await offered("check", "-c", "package.js")).toEqual(["package.json"]);
  });
});

test("completion in zsh runs what bash does", async () => {
  const [zsh, bash] = await Promise.all([run(["completion", "zsh"]), run(["completion", "bash"])]);
  expect(zsh.stdout).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash.stdout}`);
});
