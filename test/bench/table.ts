import { cpus } from "node:os";
import type { Cold } from "./cold.js";
import type { HiveState } from "./hive.js";
import type { Results } from "./main.js";
import { ratioOf, type Figure, type MeasuredCells } from "./rounds.js";
import type { Walk } from "./walk.js";

const NAMES: Readonly<Record<string, string>> = {
  bare: "bare http + JSON.stringify",
  mercurius: "mercurius + JIT",
  yoga: "graphql-yoga",
  usual: "Apollo Server + type-graphql",
  limit: "hand-written minimum",
  hive: "Hive Gateway, by aliases",
};

const HIVE_LINES: Readonly<Record<HiveState, string | undefined>> = {
  measured: undefined,
  skipped:
    "Hive Gateway: skipped, since it is not installed; `npm ci --prefix test/bench/hive` does so.",
  "did not start": "Hive Gateway: did not start; the cause is on the standard error.",
  failed: "Hive Gateway: failed; the cause is on the standard error.",
};

/** The figures of one run as Markdown tables. */
export function tableOf({ warm, cold, walk, sources }: Results): string {
  const [processor] = cpus();
  const parts = [
    `Node ${process.versions.node}, ${cpus().length} cores of ${processor?.model.trim() ?? "?"}`,
    warm && cpuTable("Warm page, 100 backups x 12 fields", warm, "bare"),
    cold && coldTable("Cold page of 100, merged from 7 products", cold.cold),
    cold && coldTable("Latest 5 of each of 30 instances, cold", cold.latest5),
    walk && walkLines(walk),
    sources && cpuTable("Warm page over so many sources", sources, "10"),
    cold && HIVE_LINES[cold.hive],
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(40) : cell.padStart(15))).join(" | ")} |`;

const head = (cells: readonly string[]): string[] => [
  line(cells),
  line(cells.map((_, column) => (column === 0 ? "---" : "---:"))),
];

const nameOf = (name: string): string => NAMES[name] ?? name;

const shown = ({ median, half }: Figure, digits = 0): string =>
  `${median.toFixed(digits)} ± ${half.toFixed(digits)}`;

const cpuTable = (title: string, cells: MeasuredCells, base: string): string =>
  [
    ...head([title, "CPU µs/request", `x ${base}`]),
    ...[...cells].map(([name, { cpu }]) =>
      line([nameOf(name), shown(cpu), shown(ratioOf(cells, "cpu", [name, base]), 2)]),
    ),
  ].join("\n");

const coldTable = (title: string, { calls, cpu, p50 }: Cold): string =>
  [
    ...head([
      title,
      "calls",
      "CPU µs/request",
      "x minimum",
      "alone",
      "p50 ms at 20 ms",
      "x minimum",
    ]),
    ...["limit", "gateway", "hive"]
      .filter((name) => cpu.has(name))
      .map((name) =>
        line([
          nameOf(name),
          String(calls.get(name)),
          shown(cpu.get(name)?.cpu as Figure),
          shown(ratioOf(cpu, "cpu", [name, "limit"]), 2),
          shown(ratioOf(p50, "cpu", [name, "limit"]), 2),
          shown(p50.get(name)?.p50 as Figure, 1),
          shown(ratioOf(p50, "p50", [name, "limit"]), 2),
        ]),
      ),
  ].join("\n");

const walkLines = (walk: Walk): string =>
  [
    ...head([
      `Walk of ${walk.rows} backups`,
      "calls",
      "minimum",
      "rows/s",
      "CPU µs/row",
      "peak MB",
    ]),
    line([
      "gateway",
      String(walk.calls),
      String(walk.minimum),
      walk.rowsPerSecond.toFixed(0),
      walk.cpuPerRow.toFixed(0),
      String(walk.peakMb ?? "?"),
    ]),
  ].join("\n");
