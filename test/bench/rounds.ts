import { Driver, type NextBody, type Run } from "./drive.js";
import type { Server } from "./server.js";

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

/** What was measured of each cell in each round, by name. */
export type MeasuredCells = ReadonlyMap<string, readonly Run[]>;

/** The median of the CPU time (µs) or time (ms) of one cell's requests. */
export const medianOf = (cells: MeasuredCells, measure: "cpu" | "p50", name: string): number =>
  median((cells.get(name) ?? []).map((run) => run[measure]));

/**
 * The median ratio of the CPU time or time of one cell to that of `other`, computed in each round.
 *
 * Disturbances on the machine come and go within seconds. They affect both cells in the same round, but
 * seldom the median rounds of both.
 */
export function ratioOf(
  cells: MeasuredCells,
  measure: "cpu" | "p50",
  [name, other]: readonly [name: string, other: string],
): number {
  const base = cells.get(other) ?? [];
  const runs = cells.get(name) ?? [];
  return median(runs.map((run, round) => run[measure] / (base[round]?.[measure] ?? Number.NaN)));
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
  return runs;
}

/** The middle of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number): number => sorted[Math.floor(place)] ?? Number.NaN;
  return (at((sorted.length - 1) / 2) + at(sorted.length / 2)) / 2;
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, at: Math.random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
