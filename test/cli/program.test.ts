import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configFile, run } from "./harness.js";

const COMMANDS = ["serve", "check", "list", "stats", "coverage", "print-schema", "completion"];

describe("the program", () => {
  test("names every command in its help", async () => {
    const { code, stdout } = await run(["--help"]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  });

  test.each([
    ["list", "--wait", "default: 20s"],
    ["stats", "--wait", "default: 20s"],
    ["list", "--order", "desc, newest first, is the default"],
    ["stats", "--by", "required"],
    ["stats", "--time-zone", 'default: "UTC"'],
    ["coverage", "--format", 'default: "table"'],
  ])("the help of %s says what %s is without a value", async (command, option, text) => {
    const { stdout } = await run([command, "--help"]);
    const [, about = ""] = stdout.split(`${option} <`);
    const [own = ""] = about.split("\n  -");
    expect(own.replaceAll(/\s+/g, " ")).toContain(text);
  });

  test.each(COMMANDS)("shows examples in the help of %s", async (command) => {
    const { code, stdout } = await run([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}\S/);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("names the environment variables of serve", async () => {
    const { stdout } = await run(["serve", "--help"]);
    for (const name of ["GATEWAY_CONFIG", "GATEWAY_HOST", "PORT"])
      expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  });

  test("prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each([
    { args: ["lst"], says: "There is no command lst. Did you mean list?" },
    { args: ["frobnicate"], says: "The commands are serve, check, list" },
    { args: ["list", "--format", "xml"], says: "Allowed choices are table, ndjson, csv" },
    { args: ["list", "--sice", "P7D"], says: "unknown option '--sice'" },
    { args: ["list", "--since", "yesterday"], says: "Expected a date (2026-11-01" },
    { args: ["list", "--status", "faild"], says: "Expected one of FAILED, " },
    {
      args: ["list", "--vendor", "acme"],
      says: "Expected one of AWS, S3, UCLOUD, ALIBABA, TENCENT.",
    },
    {
      args: ["list", "--order", "size"],
      says: "Expected desc (newest first) or asc (oldest first).",
    },
    { args: ["list", "--region", "a,,b"], says: "Expected a value" },
    { args: ["list", "more"], says: "too many arguments" },
    { args: ["coverage", "--rpo", "P1M"], says: "Expected a duration above zero" },
    { args: ["coverage", "--rpo", "PT0S"], says: "Expected a duration above zero" },
    { args: ["completion"], says: "The shells are bash, zsh, fish, powershell." },
    { args: ["completion", "tcsh"], says: "Allowed choices are bash, zsh, fish, powershell" },
    { args: ["check"], says: "There is no config file. Use --config <file>" },
    { args: ["list", "--config", "x", "--demo"], says: "either --config or --demo" },
    { args: ["check", "--config", "/nowhere/x.yaml"], says: "it does not exist" },
  ])("refuses $args with exit code 1 and says why", async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(says);
  });

  test("repeats no character that controls the terminal", async () => {
    const { stderr } = await run(["lst\u202e\u001b[2J"]);
    expect(stderr).toMatch(/^There is no command lst\ufffd\ufffd\[2J\./);
  });

  test("shows every fault of a config at once, and no secret", async () => {
    const file = configFile({
      accounts: [
        { id: "A", vendor: "ucloud", credentials: { publicKey: "canary-1", privateKey: 7 } },
      ],
      cahce: {},
    });
    const { code, stderr } = await run(["list", "--config", file]);
    expect(code).toBe(1);
    expect(stderr).toContain("accounts[0].id");
    expect(stderr).toContain("cahce");
    expect(stderr).not.toContain("canary");
  });

  test("reads the config that the environment names", async () => {
    const file = configFile({ accounts: [] });
    const { stderr } = await run(["check"], { env: { GATEWAY_CONFIG: file } });
    expect(stderr).toContain(file);
  });
});
