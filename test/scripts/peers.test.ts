import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { installPackages, makeProject } from "./project.js";
import type { Project } from "./project.js";

const packageOf = (version: string) => ({
  name: "peer",
  version,
  private: true,
  dependencies: { beside: "file:beside" },
});
const lockOf = (version: string) => ({
  name: "peer",
  version,
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "peer", version, dependencies: { beside: "file:beside" } },
    beside: { version: "1.0.0" },
    "node_modules/beside": { resolved: "beside", link: true },
  },
});
const CONFIG = `export default { test: { include: ["test/peers/**/*.peer.test.ts"] } };`;
const TEST = `import { expect, test } from "vitest"; test("one of the peer's", () => expect(1).toBe(1));`;

describe("npm run test:peers", () => {
  let project: Project;
  const installed = () => join(project.root, "test/peers/some/node_modules/.installed");

  beforeAll(() => {
    project = makeProject({
      "test/peers/vitest.config.ts": CONFIG,
      "test/peers/some/package.json": JSON.stringify(packageOf("1.0.0")),
      "test/peers/some/package-lock.json": JSON.stringify(lockOf("1.0.0")),
      "test/peers/some/beside/package.json": JSON.stringify({ name: "beside", version: "1.0.0" }),
      "test/peers/some/.npmrc": "audit=false\nfund=false\n",
      "test/peers/some/one.peer.test.ts": TEST,
    });
    installPackages(project);
  });

  test("installs missing packages, runs the peers' tests and forwards arguments", async () => {
    const { code, output } = await project.run("peers.mjs", ["--reporter=verbose"]);
    expect(output).toContain("one of the peer's");
    expect(code).toBe(0);
    expect(existsSync(installed())).toBe(true);
  });

  test("installs again only if the lock file has changed", async () => {
    const marker = join(project.root, "test/peers/some/node_modules/marker");
    project.write("test/peers/some/node_modules/marker", "");
    await project.run("peers.mjs");
    expect(existsSync(marker)).toBe(true);
    project.write("test/peers/some/package-lock.json", JSON.stringify(lockOf("1.0.1")));
    project.write("test/peers/some/package.json", JSON.stringify(packageOf("1.0.1")));
    await project.run("peers.mjs");
    expect(existsSync(marker)).toBe(false);
  });

  test("fails if an installation or a test fails", async () => {
    project.write("test/peers/some/one.peer.test.ts", TEST.replace("toBe(1)", "toBe(2)"));
    expect((await project.run("peers.mjs")).code).toBe(1);
    const unlocked = { ...packageOf("1.0.1"), dependencies: { other: "file:other" } };
    project.write("test/peers/some/package.json", JSON.stringify(unlocked));
    const { code, output } = await project.run("peers.mjs");
    expect(code).not.toBe(0);
    expect(output).toMatch(/npm ci failed in .*test\/peers\/some/);
  });
});
