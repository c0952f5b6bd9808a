import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const PEERS = "test/peers";
const FOLDERS = [
  ".",
  "site",
  ...readdirSync(PEERS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(PEERS, name))
    .filter((folder) => readdirSync(folder).includes("package.json")),
];

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly scripts?: Versions;
}
interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<
    Record<
      string,
      { version?: string; resolved?: string; hasInstallScript?: boolean; integrity?: string }
    >
  >;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

test.each(FOLDERS)(
  "%s names its packages by exact versions, which its lock file holds",
  (folder) => {
    const { dependencies = {}, devDependencies = {} } = read(
      join(folder, "package.json"),
    ) as Manifest;
    const { lockfileVersion, packages } = read(join(folder, "package-lock.json")) as Lock;
    expect(lockfileVersion).toBe(3);
    const named = Object.entries({ ...dependencies, ...devDependencies });
    expect(named.length).toBeGreaterThan(0);
    for (const [name, version] of named) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/)]);
      expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
    }
  },
);

test.each(FOLDERS)(
  "what %s installs comes from a registry, and not from places of its own",
  (folder) => {
    const { packages } = read(join(folder, "package-lock.json")) as Lock;
    const elsewhere = Object.entries(packages).filter(([, { resolved }]) =>
      /^(?:git|http:|file:|github)/.test(resolved ?? ""),
    );
    expect(elsewhere).toEqual([]);
  },
);

test("no package that the gateway runs with needs a script to be installed", () => {
  const { packages } = read("package-lock.json") as Lock;
  const withScripts = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  // The first prints a notice, the second fetches what its optional packages bring already.
  expect([...new Set(withScripts)].sort()).toEqual(["@apollo/protobufjs", "esbuild"]);
});

test("nothing of ours is run when the package is installed by others", () => {
  const { scripts = {} } = read("package.json") as Manifest;
  const names = ["preinstall", "install", "postinstall"];
  expect(Object.keys(scripts).filter((name) => names.includes(name))).toEqual([]);
});

test("every action of the workflows is pinned by the digest of a commit, or is a file beside it", () => {
  const folder = ".github/workflows";
  const used = readdirSync(folder).flatMap((name) => [
    ...readFileSync(join(folder, name), "utf8").matchAll(/\buses: (.*)/g),
  ]);
  const [files, actions] = [true, false].map((isFile) =>
    used.map(([, action = ""]) => action).filter((action) => action.startsWith("./") === isFile),
  ) as [string[], string[]];
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  for (const file of files) expect(existsSync(file), file).toBe(true);
});

test("the gateway is started on the oldest Node that the package accepts, and on those of CI", () => {
  const { dependencies = {} } = read("test/nodes/package.json") as Manifest;
  const versions = Object.values(dependencies).map((text) => /@(\d[\d.]+)$/.exec(text)?.[1] ?? "");
  const { engines } = read("package.json") as { engines: { node: string } };
  expect(`>=${versions[0]?.replace(/\.0$/, "")}`).toBe(engines.node);
  const workflow = readFileSync(".github/workflows/ci.yml", "utf8");
  const [, matrix = "[]"] = /\bnode: (\[.*\])/.exec(workflow) ?? [];
  const tested = JSON.parse(matrix) as string[];
  expect(tested.length).toBeGreaterThan(1);
  for (const node of tested)
    expect(
      versions.some((version) => version.startsWith(`${node}.`)),
      node,
    ).toBe(true);
});
