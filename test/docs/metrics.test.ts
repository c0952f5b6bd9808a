import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registeredMetrics } from "../server/observe/harness.js";

const PREFIX = "backup_gateway_";

/** The label names of each metric of the gateway, without those of its instances. */
const offered = (): ReadonlyMap<string, readonly string[]> =>
  new Map(registeredMetrics().map(({ name, labelNames }) => [name, labelNames]));

const read = (file: string): string => readFileSync(file, "utf8");

/** The names and labels in the table of metrics. */
function documented(): ReadonlyMap<string, string> {
  const [, section = ""] = read("docs/observability.md").split("\n## Metrics\n");
  const [table = ""] = section.split("\n### ");
  const rows = [...table.matchAll(/^\| (`[^|]+`) +\| ([^|]*?) +\|/gm)];
  return new Map(
    rows.flatMap(([, names = "", labels = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => [PREFIX + name, labels] as const),
    ),
  );
}

test("the page on observability has every metric of the gateway, with its labels", () => {
  const metrics = offered();
  const table = documented();
  expect([...table.keys()].sort()).toEqual([...metrics.keys()].sort());
  for (const [name, labels] of table) {
    if (labels.startsWith("of the instance")) continue;
    const named = [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label);
    expect([name, named]).toEqual([name, metrics.get(name)]);
  }
});

test("every metric that docs, rules and dashboards name exists", () => {
  const names = new Set(offered().keys());
  const files = ["docs", "deploy"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(?:md|ya?ml|json)$/.test(file))
      .map((file) => join(folder, file)),
  );
  const named = files.flatMap((file) => [...read(file).matchAll(/backup_gateway_[a-z_]*[a-z]/g)]);
  expect(named.length).toBeGreaterThan(10);
  const unknown = named
    .map(([name]) => name)
    .filter((name) => !names.has(name) && !names.has(name.replace(/_(?:bucket|sum|count)$/, "")));
  expect(unknown).toEqual([]);
});
