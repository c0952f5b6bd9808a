import type { Cold, ColdReads } from "./cold.js";
import type { Results } from "./main.js";
import { cpuOf, ratioOf, type MeasuredCells } from "./rounds.js";
import type { Walk } from "./walk.js";
import { CURSORS } from "./warm.js";

/** Two runs do not agree on more decimals. */
const ratio = (...asked: Parameters<typeof ratioOf>): number =>
  Math.round(ratioOf(...asked).median * 1000) / 1000;

/** The figures of one run as in its line of JSON. */
export const jsonOf = ({ warm, cold, walk, sources }: Results): object => ({
  ...(warm && { warm: warmJson(warm, "gateway"), warmCursors: warmJson(warm, CURSORS) }),
  ...(cold && { cold: coldJson(cold.cold), latest5: coldJson(cold.latest5) }),
  ...(walk && { walk: walkJson(walk) }),
  ...(sources && {
    sources: Object.fromEntries([...sources.keys()].map((name) => [name, cpuUs(sources, name)])),
  }),
  hive: cold ? hiveJson(cold) : "skipped",
});

const cpuUs = (cells: MeasuredCells, name: string): number => Math.round(cpuOf(cells, name));

const warmJson = (cells: MeasuredCells, name: string): object => {
  const versus = (other: string): number => ratio(cells, "cpu", [name, other]);
  return {
    cpuVsBareHttp: versus("bare"),
    cpuVsMercuriusJit: versus("mercurius"),
    cpuVsYoga: versus("yoga"),
    cpuVsUsual: versus("usual"),
    cpuUs: cpuUs(cells, name),
  };
};

const coldJson = ({ calls, cpu, p50 }: Cold): object => ({
  calls: calls.get("gateway"),
  minimum: calls.get("limit"),
  cpuVsLimit: ratio(cpu, "cpu", ["gateway", "limit"]),
  cpuAloneVsLimit: ratio(p50, "cpu", ["gateway", "limit"]),
  p50VsLimit: ratio(p50, "p50", ["gateway", "limit"]),
  cpuUs: cpuUs(cpu, "gateway"),
});

const hiveJson = ({ hive, latest5: { calls, cpu, p50 } }: ColdReads): object | string =>
  hive !== "measured"
    ? hive
    : {
        calls: calls.get("hive"),
        cpuVsLimit: ratio(cpu, "cpu", ["hive", "limit"]),
        p50VsLimit: ratio(p50, "p50", ["hive", "limit"]),
        cpuVsGateway: ratio(cpu, "cpu", ["hive", "gateway"]),
      };

const walkJson = ({ rows, calls, minimum, rowsPerSecond, cpuPerRow, peakMb }: Walk): object => ({
  calls,
  minimum,
  peakMb,
  rows,
  rowsPerSecond: Math.round(rowsPerSecond),
  cpuUsPerRow: Math.round(cpuPerRow),
});
