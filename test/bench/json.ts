import type { Cold, ColdReads } from "./cold.js";
import type { Results } from "./main.js";
import { cpuOf, p50Of, type MeasuredCells } from "./rounds.js";
import type { Walk } from "./walk.js";
import { CURSORS } from "./warm.js";

/** More decimals than these say more than two runs agree on. */
const ratio = (a: number, b: number): number => Math.round((a / b) * 1000) / 1000;

/** The figures of one run as its one line of JSON holds them. */
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
  const versus = (other: string): number => ratio(cpuOf(cells, name), cpuOf(cells, other));
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
  cpuVsLimit: ratio(cpuOf(cpu, "gateway"), cpuOf(cpu, "limit")),
  p50VsLimit: ratio(p50Of(p50, "gateway"), p50Of(p50, "limit")),
  cpuUs: cpuUs(cpu, "gateway"),
});

const hiveJson = ({ hive, latest5: { calls, cpu, p50 } }: ColdReads): object | string =>
  hive !== "measured"
    ? hive
    : {
        calls: calls.get("hive"),
        cpuVsLimit: ratio(cpuOf(cpu, "hive"), cpuOf(cpu, "limit")),
        p50VsLimit: ratio(p50Of(p50, "hive"), p50Of(p50, "limit")),
        cpuVsGateway: ratio(cpuOf(cpu, "hive"), cpuOf(cpu, "gateway")),
      };

const walkJson = ({ rows, calls, minimum, rowsPerSecond, cpuPerRow, peakMb }: Walk): object => ({
  calls,
  minimum,
  peakMb,
  rows,
  rowsPerSecond: Math.round(rowsPerSecond),
  cpuUsPerRow: Math.round(cpuPerRow),
});
