import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject } from "./project.js";

/** Prints its arguments and ends as they say. */
const PRINTING = `
const args = process.argv.slice(2);
console.log(args.join(" "));
process.exit(Number(args.find((arg) => arg.startsWith("--exit="))?.slice(7) ?? 0));
`;

const printing = (files: Record<string, string> = {}) =>
  makeProject({ "dist/main.js": PRINTING, ...files });

describe("npm start", () => {
  test("uses the embedded clouds only if no config is named", async () => {
    const project = printing();
    const started = async (args: string[], env = {}) =>
      (await project.run("start.mjs", args, env)).output;
    expect(await started([])).toBe("serve --demo\n");
    expect(await started(["--log-level=warn"])).toBe("serve --log-level=warn --demo\n");
    expect(await started(["--config", "x.yaml"])).toBe("serve --config x.yaml\n");
    expect(await started(["--config=x.yaml"])).toBe("serve --config=x.yaml\n");
    expect(await started(["--demo"])).toBe("serve --demo\n");
    expect(await started([], { GATEWAY_CONFIG: "y.yaml" })).toBe("serve\n");
  });

  test("uses gateway.yaml if it exists", async () => {
    const project = printing({ "gateway.yaml": "accounts: []\n" });
    expect((await project.run("start.mjs")).output).toBe("serve\n");
  });

  test("ends with the gateway's exit code", async () => {
    expect((await printing().run("start.mjs", ["--exit=3"])).code).toBe(3);
  });

  test("says what is missing if there is nothing to run", async () => {
    const { code, output } = await makeProject({}).run("start.mjs");
    expect(code).toBe(1);
    expect(output).toContain("dist is not built");
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("forwards %s and waits", async (signal) => {
    const project = makeProject({
      "dist/main.js": `
process.on("${signal}", () => { console.log("ended cleanly"); process.exit(0); });
setInterval(() => {}, 1000);
console.log("ready");
`,
    });
    const file = join(project.root, "scripts/start.mjs");
    const start = spawn(process.execPath, [file], { cwd: project.root });
    const printed: string[] = [];
    start.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    await once(start.stdout, "data");
    start.kill(signal);
    expect(await once(start, "close")).toEqual([0, null]);
    expect(printed.join("")).toBe("ready\nended cleanly\n");
  });

  test("stops the gateway when npm's shell has ended", async () => {
    const project = makeProject({
      "dist/main.js": `
process.on("SIGTERM", () => { console.log("ended cleanly"); process.exit(0); });
setInterval(() => {}, 1000);
console.log("ready");
`,
      "shell.mjs": `
import { spawn } from "node:child_process";
spawn(process.execPath, ["scripts/start.mjs"], { stdio: "inherit" });
`,
    });
    const env = { ...process.env, npm_lifecycle_event: "start" };
    const shell = spawn(process.execPath, ["shell.mjs"], { cwd: project.root, env });
    const printed: string[] = [];
    shell.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    await once(shell.stdout, "data");
    shell.kill("SIGKILL");
    // The pipe closes when the last of its holders has ended.
    await once(shell, "close");
    expect(printed.join("")).toBe("ready\nended cleanly\n");
  });
});
