import type { Cold } from "./cold.js";
import { medianOf, ratioOf, type MeasuredCells } from "./rounds.js";

/** The figures of one run of a part: by the row of its table, then by the column. */
export type Rows = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A part of the benchmark. */
export interface Part {
  /** The figures of one run, by table. */
  run(): Promise<object>;
  /** Ends the servers of all runs. */
  close(): Promise<void>;
}

/** The CPU time of one request to each server, also as a multiple of other servers'. */
export const warmRows = (cells: MeasuredCells): Rows =>
  rowsOf(cells, (name) => ({
    cpuUs: medianOf(cells, "cpu", name),
    cpuVsBareHttp: ratioOf(cells, "cpu", [name, "bare"]),
    cpuVsMercuriusJit: ratioOf(cells, "cpu", [name, "mercurius"]),
    cpuVsYoga: ratioOf(cells, "cpu", [name, "yoga"]),
    cpuVsUsual: ratioOf(cells, "cpu", [name, "usual"]),
  }));

/** The cost of a request for which nothing is cached: with many at once (`cpu`), and alone (`p50`). */
export const coldRows = ({ calls, cpu, p50 }: Cold): Rows =>
  rowsOf(cpu, (name) => ({
    calls: calls.get(name) ?? Number.NaN,
    cpuUs: medianOf(cpu, "cpu", name),
    cpuVsLimit: ratioOf(cpu, "cpu", [name, "limit"]),
    cpuAloneUs: medianOf(p50, "cpu", name),
    cpuAloneVsLimit: ratioOf(p50, "cpu", [name, "limit"]),
    p50Ms: medianOf(p50, "p50", name),
    p50VsLimit: ratioOf(p50, "p50", [name, "limit"]),
    cpuVsGateway: ratioOf(cpu, "cpu", [name, "gateway"]),
  }));

const rowsOf = (cells: MeasuredCells, row: (name: string) => Record<string, number>): Rows =>
  Object.fromEntries([...cells.keys()].map((name) => [name, row(name)]));
