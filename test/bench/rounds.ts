import { Driver, type NextBody, type Run } from "./drive.js";
import type { Server } from "./server.js";

/** One server and its request, the same in each round. */
export interface Cell {
  readonly name: string;
  readonly server: Server;
  readonly next: NextBody;
}

/** How cells are measured. */
export interface RoundPlan {
  readonly connections: number;
  /** Of one run. */
  readonly rounds: number;
  /** Of one cell in one round. */
  readonly ms: number;
  /** Of each cell before the first run. */
  readonly warmUpMs: number;
  /** Of each cell before the first round of a run, because something else was measured meanwhile. */
  readonly settleMs: number;
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

/** Cells that are warmed up once, and then measured in any number of runs. */
export class Bench {
  private readonly drivers: ReadonlyMap<Cell, Driver>;

  constructor(
    private readonly cells: readonly Cell[],
    private readonly plan: RoundPlan,
  ) {
    this.drivers = new Map(cells.map((cell) => [cell, new Driver(cell.server, plan.connections)]));
  }

  async warmUp(): Promise<void> {
    for (const cell of this.cells) await this.drive(cell, this.plan.warmUpMs);
  }

  /**
   * One run. Every round runs each cell once, in a new random order, so that disturbances on the machine
   * affect all of them alike.
   */
  async run(): Promise<MeasuredCells> {
    const { rounds, ms, settleMs } = this.plan;
    const runs = new Map<string, Run[]>(this.cells.map(({ name }) => [name, []]));
    for (const cell of shuffled(this.cells)) await this.drive(cell, settleMs);
    for (let round = 0; round < rounds; round += 1)
      for (const cell of shuffled(this.cells))
        runs.get(cell.name)?.push(await this.drive(cell, ms));
    return runs;
  }

  async close(): Promise<void> {
    await Promise.all([...this.drivers.values()].map((driver) => driver.close()));
  }

  private drive(cell: Cell, ms: number): Promise<Run> {
    return (this.drivers.get(cell) as Driver).run(ms, cell.next);
  }
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
