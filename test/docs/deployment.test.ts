import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { stagesOf, textsOf } from "../deploy/dockerfile.js";
import { hasProgram, runProgram, type Printed } from "../tools.js";

const page = readFileSync("docs/operating.md", "utf8");

/** The lines of the page's block of commands that contains a text. */
function blockWith(text: string): readonly string[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  const [block, ...more] = blocks.filter((one) => one.includes(text));
  if (block === undefined || more.length > 0) throw new Error(`Not one block has ${text}.`);
  return block
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, ""))
    .filter((line) => line !== "");
}

/** The words of the one line that begins with a text. */
function lineWith(lines: readonly string[], start: string): readonly string[] {
  const [line, ...more] = lines.filter((one) => one.startsWith(start));
  if (line === undefined || more.length > 0) throw new Error(`Not one line begins with ${start}.`);
  return line.split(/\s+/);
}

/** The value of a flag. */
const valueOf = (words: readonly string[], flag: string): string =>
  words[words.indexOf(flag) + 1] ?? "";

/** A folder that is deleted after the test. */
function folderOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs lines of the page in a folder, with other programs in the place of some. */
async function runLines(
  lines: readonly string[],
  cwd: string,
  programs: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  const tools = folderOf("tools");
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(tools, name), 0o755);
  }
  const env = { PATH: `${tools}${delimiter}${process.env["PATH"] ?? ""}` };
  return runProgram("bash", ["-c", `set -euo pipefail\n${lines.join("\n")}\n`], { cwd, env });
}

describe("the commands for Docker", () => {
  const image = stagesOf("Dockerfile").at(-1)!;
  const environment = textsOf(image, "ENV").join(" ").split(/\s+/);
  const start = blockWith("docker compose");

  test("mount the config where the image reads it, and publish its port on this machine only", () => {
    const run = lineWith(start, "docker run");
    const [source, target, mode] = valueOf(run, "-v").split(":");
    expect([source, mode]).toEqual(["./gateway.yaml", "ro"]);
    expect(environment).toContain(`GATEWAY_CONFIG=${target}`);
    const [host, , port] = valueOf(run, "-p").split(":");
    expect([host, port]).toEqual(["127.0.0.1", ...textsOf(image, "EXPOSE")]);
    const { services } = parse(readFileSync("compose.yaml", "utf8")) as {
      readonly services: { readonly gateway: { readonly image: string } };
    };
    expect(run.at(-1)).toBe(services.gateway.image);
  });

  test("start the demo from the image on a host that needs no auth", () => {
    const [, text = ""] = /`(docker run --network host [^`]+)`/.exec(page) ?? [];
    const words = text.split(" ");
    expect(valueOf(words, "-e")).toBe("GATEWAY_HOST=127.0.0.1");
    expect(words.slice(-2)).toEqual(["redis-backup-gateway", "--demo"]);
  });

  // Skipped where Docker's client is not installed.
  test.skipIf(!hasProgram("docker"))("have only flags that `docker run` has", async () => {
    const { stdout } = await runProgram("docker", ["run", "--help"]);
    const written = [start.join("\n"), ...page.matchAll(/`docker run [^`]+`/g)].join("\n");
    const runs = written.match(/docker run .*?redis-backup-gateway/g) ?? [];
    expect(runs.length).toBeGreaterThan(1);
    for (const flag of runs.flatMap((run) => run.match(/(?<=\s)--?[a-z-]+/g) ?? []))
      expect(stdout, flag).toMatch(new RegExp(`(?:^|\\s)${flag}[, ]`, "m"));
  });
});

// Skipped where kubectl is not installed.
test.skipIf(!hasProgram("kubectl"))("the commands for Kubernetes render the overlay", async () => {
  const folder = folderOf("kubernetes");
  cpSync("deploy", join(folder, "deploy"), { recursive: true });
  const lines = blockWith("kubectl apply");
  expect(lines.at(-1)).toBe("kubectl apply -k .");
  // There is no cluster: what would be applied is printed.
  const ran = await runLines([...lines.slice(0, -1), "kubectl kustomize ."], folder);
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const kinds = parseAllDocuments(ran.stdout).map(
    (document) => (document.toJS() as { readonly kind: string }).kind,
  );
  expect(kinds).toEqual(expect.arrayContaining(["Deployment", "Secret", "NetworkPolicy"]));
});

describe("the commands for systemd", () => {
  const lines = blockWith("systemctl enable");
  const unit = readFileSync("deploy/systemd/redis-backup-gateway.service", "utf8");
  const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

  /** Runs all of them with the files of the system in a folder. */
  async function install() {
    const folder = folderOf("systemd");
    cpSync("deploy", join(folder, "deploy"), { recursive: true });
    writeFileSync(join(folder, "gateway.yaml"), "accounts: []\n");
    const root = join(folder, "root");
    mkdirSync(join(root, "etc/systemd/system"), { recursive: true });
    const group = `-g ${String(userInfo().gid)}`;
    const own = lines.map((line) =>
      line.replace(/-g redis-backup-gateway/, group).replaceAll(/ (?=\/etc\/)/g, ` ${root}`),
    );
    const record = (name: string): string => `echo "${name} $*" >> "${folder}/ran"`;
    const npm = `${record("npm")}\n[ "$1" != pack ] || touch redis-backup-gateway-0.0.0.tgz`;
    const others = { useradd: record("useradd"), systemctl: record("systemctl") };
    const ran = await runLines(own, folder, { npm, ...others });
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    return { root, ran: readFileSync(join(folder, "ran"), "utf8").trim().split("\n") };
  }

  test("install the package, the config and the unit, and start the unit", async () => {
    const { root, ran } = await install();
    expect(ran).toEqual([
      "npm pack",
      "npm install -g ./redis-backup-gateway-0.0.0.tgz",
      expect.stringMatching(/^useradd --system .* redis-backup-gateway$/),
      "systemctl enable --now redis-backup-gateway",
    ]);
    const [, config = ""] = /--config (\S+)/.exec(setting("ExecStart")) ?? [];
    expect(existsSync(join(root, config)), config).toBe(true);
    expect(
      readFileSync(join(root, "etc/systemd/system/redis-backup-gateway.service"), "utf8"),
    ).toBe(unit);
    const user = lineWith(lines, "useradd").at(-1);
    const groups = lines.flatMap((line) => /install .*-g (\S+)/.exec(line)?.[1] ?? []);
    expect([setting("User"), setting("Group")]).toEqual([user, user]);
    expect(new Set(groups.filter((group) => !group.startsWith("./")))).toEqual(new Set([user]));
  });

  // Skipped where systemd is not installed.
  test.skipIf(!hasProgram("systemd-analyze"))("install a unit that systemd accepts", async () => {
    const { root } = await install();
    const path = join(root, "etc/systemd/system/redis-backup-gateway.service");
    const ran = await runProgram("systemd-analyze", ["verify", path]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
  });

  // Skipped where the programs are not installed.
  test.skipIf(!["useradd", "systemctl"].every(hasProgram))(
    "have only flags that exist",
    async () => {
      for (const name of ["useradd", "systemctl"]) {
        const { stdout } = await runProgram(name, ["--help"]);
        const flags = lineWith(lines, name).filter((word) => word.startsWith("-"));
        expect(flags.length).toBeGreaterThan(0);
        for (const flag of flags) expect(stdout, flag).toMatch(new RegExp(`\\s${flag}\\s`));
      }
    },
  );
});
