import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import { jsonOf, reportOf, summaryOf } from "../../scripts/benchReport.mjs";

const run = (cpuVsBareHttp: number, walk?: number) => ({
  warm: { gateway: { cpuUs: 100 * cpuVsBareHttp, cpuVsBareHttp } },
  ...(walk === undefined ? {} : { walk: { gateway: { calls: walk, minimum: 224 } } }),
  hive: "skipped",
});

const facts = {
  commit: "abc1234",
  date: "2026-11-29",
  processor: "EPYC",
  cores: 2,
  system: "Linux 6",
};
const reportOfRuns = (runs: readonly object[]): string =>
  reportOf({ ...facts, nodes: { "20.20.2": summaryOf(runs) } });
const lineOf = (report: string, start: string): string | undefined =>
  report.split("\n").find((line) => line.startsWith(start));

describe("the report of the benchmark", () => {
  test("has the median, the smallest and the largest value of each figure", () => {
    const { warm } = summaryOf([run(1.4), run(1.2), run(1.3)]);
    expect(warm).toEqual({
      runs: 3,
      rows: { gateway: { cpuUs: [120, 130, 140], cpuVsBareHttp: [1.2, 1.3, 1.4] } },
    });
    expect(summaryOf([run(1), run(2)]).warm.rows.gateway.cpuVsBareHttp).toEqual([1, 1.5, 2]);
  });

  test("says how many runs a table has if they are fewer", () => {
    const report = reportOfRuns([run(1.2, 224), run(1.3), run(1.4)]);
    expect(report).toContain("3 runs on each Node (1 of walk).");
    expect(report).toContain("| 130 (120–140) |");
  });

  test("judges each goal by the median alone", () => {
    const goal = "| warm page: CPU ≤ 1.6 × bare http";
    const reached = reportOfRuns([run(1.5), run(1.6), run(9)]);
    expect(lineOf(reached, goal)).toContain("| 1.60 (1.50–9.00) | reached |");
    const missed = reportOfRuns([run(0.5), run(1.61), run(1.7)]);
    expect(lineOf(missed, goal)).toContain("| 1.61 (0.50–1.70) | missed |");
    // A whole number in the middle is a ratio like the others.
    expect(lineOf(reportOfRuns([run(0.5), run(1), run(1.7)]), goal)).toContain("1.00 (0.50–1.70)");
  });

  test("compares counted calls with the minimum of the same runs", () => {
    const goal = "| walk: vendor calls are the minimum";
    expect(lineOf(reportOfRuns([run(1, 224)]), goal)).toContain("| 224 | reached |");
    expect(lineOf(reportOfRuns([run(1, 225)]), goal)).toContain("| 225 | missed |");
  });

  test("adds up the parts of the program that take little time, and shows the others by their size", () => {
    const shares = {
      undici: { warm: 0.4, cold: 20, latest5: 30 },
      pino: { warm: 3, cold: 1 },
      "src/index": { warm: 0.6, cold: 2, latest5: 3.9 },
      fastify: { warm: 96, cold: 77, latest5: 66 },
    };
    const lines = reportOfRuns([{ shares }]).split("\n");
    const table = lines.slice(lines.findIndex((line) => line.startsWith("| Percent")));
    expect(table.slice(0, 5)).toEqual([
      "| Percent of the busy time | warm page, 20 | cold page, 20 | latest 5, 20 |",
      "| --- | ---: | ---: | ---: |",
      "| fastify | 96 | 77 | 66 |",
      "| undici | 0 | 20 | 30 |",
      "| everything else | 4 | 3 | 4 |",
    ]);
  });

  test("gives programs the medians, and the ranges below `spread`", () => {
    const json = jsonOf(summaryOf([run(1.2), run(1.3), run(1.4)]));
    expect(json.warm.cpuVsBareHttp).toBe(1.3);
    expect(json.spread.warm.cpuVsBareHttp).toEqual([1.2, 1.4]);
    expect(json.hive).toBe("skipped");
  });

  test("is what docs/performance.md shows", async () => {
    const page = readFileSync("docs/performance.md", "utf8");
    const results = JSON.parse(readFileSync("test/bench/results.json", "utf8"));
    const options = await resolveConfig("docs/performance.md");
    const report = await format(reportOf(results), { ...options, parser: "markdown" });
    expect(page).toContain(`<!-- figures -->\n\n${report}\n<!-- end of figures -->`);
  });
});
