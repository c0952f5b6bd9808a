import { Driver, type NextBody, type Run } from "./drive.js";
import type { Server } from "./server.js";

/** A median, and half of the distance between the smallest and the largest value. */
export interface Figure {
  readonly median: number;
  readonly half: number;
}

/** One server and its request, the same in each round. */
export interface Cell {
  readonly name: string;
  readonly server: Server;
  readonly next: NextBody;
  /** Replaces the value of the plan. */
  readonly warmUpMs?: number | undefined;
}

/** How cells are measured. */
export interface RoundPlan {
  readonly connections: number;
  readonly rounds: number;
  /** Of one cell in one round. */
  readonly ms: number;
  /** Of each cell before the first round. */
  readonly warmUpMs: number;
}

/** The figures of one cell over all rounds. */
export interface Measured {
  readonly cpu: Figure;
  readonly p50: Figure;
  readonly runs: readonly Run[];
}

/** What was measured of each cell, by name. */
export type MeasuredCells = ReadonlyMap<string, Measured>;

/** The CPU time of one cell's requests, in microseconds. */
export const cpuOf = (cells: MeasuredCells, name: string): number =>
  cells.get(name)?.cpu.median ?? Number.NaN;

/**
 * The ratio of the CPU time or time of one cell to that of `other`, computed in each round.
 *
 * Disturbances on the machine come and go within seconds. They affect both cells in the same round, but
 * seldom the median rounds of both.
 */
export function ratioOf(
  cells: MeasuredCells,
  measure: "cpu" | "p50",
  [name, other]: readonly [name: string, other: string],
): Figure {
  const base = cells.get(other)?.runs ?? [];
  const runs = cells.get(name)?.runs ?? [];
  return figureOf(runs.map((run, round) => run[measure] / (base[round]?.[measure] ?? Number.NaN)));
}

/**
 * Measures cells in rounds. Every round runs each cell once, in a new random order, so that disturbances
 * on the machine affect all of them alike.
 */
export async function measure(cells: readonly Cell[], plan: RoundPlan): Promise<MeasuredCells> {
  const drivers = new Map(cells.map((cell) => [cell, new Driver(cell.server, plan.connections)]));
  const driverOf = (cell: Cell): Driver => drivers.get(cell) as Driver;
  const runs = new Map<string, Run[]>(cells.map(({ name }) => [name, []]));
  for (const cell of cells) await driverOf(cell).run(cell.warmUpMs ?? plan.warmUpMs, cell.next);
  for (let round = 0; round < plan.rounds; round += 1)
    for (const cell of shuffled(cells))
      runs.get(cell.name)?.push(await driverOf(cell).run(plan.ms, cell.next));
  await Promise.all([...drivers.values()].map((driver) => driver.close()));
  return new Map([...runs].map(([name, of]) => [name, measured(of)]));
}

const measured = (runs: readonly Run[]): Measured => ({
  cpu: figureOf(runs.map(({ cpu }) => cpu)),
  p50: figureOf(runs.map(({ p50 }) => p50)),
  runs,
});

/** The median of some values, and their spread. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { median: (at(0.5) + (sorted[sorted.length >> 1] ?? 0)) / 2, half: (at(1) - at(0)) / 2 };
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, at: Math.random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
