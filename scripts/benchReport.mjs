// What several runs of the benchmark found: the median of each figure with its smallest and largest value, as
// Markdown tables beside the goals, and as one object for programs.

import { table } from "./markdown.mjs";

const SERVERS = {
  bare: "bare http + JSON.stringify",
  mercurius: "mercurius + JIT",
  yoga: "graphql-yoga",
  usual: "Apollo Server + type-graphql",
  gateway: "gateway",
  cursors: "gateway, another cursor each time",
};
const COLD_FIGURES = [
  ["vendor calls", "calls", null, 0],
  ["CPU, 8 at once, µs", "cpuUs", "cpuVsLimit", 0],
  ["CPU, alone, µs", "cpuAloneUs", "cpuAloneVsLimit", 0],
  ["time at 20 ms, ms", "p50Ms", "p50VsLimit", 1],
];

/** The queries whose time is shared out. */
const SHARES = { warm: "warm page", cold: "cold page", latest5: "latest 5" };
/** Parts that always take a smaller percentage are added up. */
const SMALLEST_SHARE = 4;

/** What users may expect. Each goal holds for the median of the runs. */
const GOALS = [
  ["warm page: CPU ≤ 1.6 × bare http", "warm.gateway.cpuVsBareHttp", 1.6],
  ["warm page: CPU ≤ 1.05 × mercurius + JIT", "warm.gateway.cpuVsMercuriusJit", 1.05],
  ["warm page: CPU ≤ 0.2 × Apollo Server + type-graphql", "warm.gateway.cpuVsUsual", 0.2],
  ["with Chinese text: CPU ≤ 1.6 × bare http", "chinese.gateway.cpuVsBareHttp", 1.6],
  ["with Chinese text: CPU ≤ 1.05 × mercurius + JIT", "chinese.gateway.cpuVsMercuriusJit", 1.05],
  ["cold page: vendor calls are the minimum", "cold.gateway.calls", "cold.limit.calls"],
  ["cold page: CPU, 8 at once ≤ 1.5 × minimum", "cold.gateway.cpuVsLimit", 1.5],
  ["cold page: CPU, alone ≤ 2.2 × minimum", "cold.gateway.cpuAloneVsLimit", 2.2],
  ["cold page: CPU, alone ≤ 1.3 × minimum (stretch)", "cold.gateway.cpuAloneVsLimit", 1.3],
  ["cold page: time ≤ 1.0 × minimum", "cold.gateway.p50VsLimit", 1],
  ["latest 5: vendor calls are the minimum", "latest5.gateway.calls", "latest5.limit.calls"],
  ["latest 5: CPU, 8 at once ≤ 1.5 × minimum", "latest5.gateway.cpuVsLimit", 1.5],
  ["latest 5: CPU, alone ≤ 2.2 × minimum", "latest5.gateway.cpuAloneVsLimit", 2.2],
  ["latest 5: CPU, alone ≤ 1.6 × minimum (stretch)", "latest5.gateway.cpuAloneVsLimit", 1.6],
  ["latest 5: time ≤ 1.0 × minimum", "latest5.gateway.p50VsLimit", 1],
  ["walk: vendor calls are the minimum", "walk.gateway.calls", "walk.gateway.minimum"],
  ["1,000 instances: warm page ≤ 1.5 × that of 10", "sources.1000.cpuVsTen", 1.5],
  ["10,000 instances: warm page ≤ 1.5 × that of 10", "sources.10000.cpuVsTen", 1.5],
  ["demo: ready ≤ 1.5 s", "start.demo.readySeconds", 1.5],
  ["demo: first merged page ≤ 2 s", "start.demo.firstPageSeconds", 2],
];

/**
 * The figures of several runs, each `{ table: { row: { column: number } } }`, as `[smallest, median, largest]`.
 * A run may lack tables, which then have fewer `runs`.
 */
export function summaryOf(runs) {
  const tables = new Map();
  for (const run of runs)
    for (const [table, rows] of Object.entries(run))
      if (typeof rows === "object") tables.set(table, [...(tables.get(table) ?? []), rows]);
  return mapOf(tables, (found) => ({
    runs: found.length,
    rows: mapOf(valuesByName(found), (rows) =>
      mapOf(valuesByName(rows), (values) => {
        const sorted = values.sort((a, b) => a - b);
        const at = (place) => sorted[Math.floor(place)];
        const middle = (at((sorted.length - 1) / 2) + at(sorted.length / 2)) / 2;
        return [at(0), middle, at(sorted.length - 1)].map(rounded);
      }),
    ),
  }));
}

const mapOf = (map, change) =>
  Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));

/** Of objects, the values of each property. */
function valuesByName(objects) {
  const values = new Map();
  for (const object of objects)
    for (const [name, value] of Object.entries(object))
      values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** Runs do not agree on more than three decimals, or four digits. */
const rounded = (value) => (value >= 1_000 ? Math.round(value) : Math.round(value * 1_000) / 1_000);

/** The medians of one summary, by the names that `npm run bench -- --json` prints, and below `spread` the ranges. */
export function jsonOf(summary) {
  const pick = (change) => {
    const rowOf = (table, row) => {
      const figures = summary[table]?.rows[row];
      return figures && mapOf(Object.entries(figures), change);
    };
    const coldOf = (table) => {
      const own = rowOf(table, "gateway");
      return own && { ...own, minimum: rowOf(table, "limit").calls };
    };
    return {
      warm: rowOf("warm", "gateway"),
      warmCursors: rowOf("warm", "cursors"),
      chinese: rowOf("chinese", "gateway"),
      cold: coldOf("cold"),
      latest5: coldOf("latest5"),
      walk: rowOf("walk", "gateway"),
      sources:
        summary.sources &&
        mapOf(
          Object.keys(summary.sources.rows).map((name) => [name, rowOf("sources", name)]),
          (row) => row,
        ),
      start: rowOf("start", "demo"),
      hive: rowOf("latest5", "hive") ?? "skipped",
    };
  };
  const runs = mapOf(Object.entries(summary), (table) => table.runs);
  const { hive: _state, ...spread } = pick(([min, , max]) => [min, max]);
  return { ...pick(([, median]) => median), runs, spread };
}

/** The tables and goals of all measured Nodes as Markdown. */
export function reportOf({ commit, date, processor, cores, system, nodes }) {
  const names = Object.keys(nodes);
  const lines = [
    `${date}, commit ${commit}, Node ${names.join(" and ")}, ${system}, ${cores} cores of ${processor}. ` +
      `${runsLine(nodes)} A figure is the median of the runs, with the smallest and the largest in brackets.`,
    warmTable("Warm page, 100 backups", "warm", nodes),
    warmTable("The same with Chinese text", "chinese", nodes),
    coldTable("Cold page of 100, merged from 7 products", "cold", nodes),
    coldTable("Latest 5 of each of 30 instances, cold", "latest5", nodes),
    rowsTable(
      [
        "Instances",
        "warm page, CPU µs",
        "× 10",
        "first page, calls",
        "requests",
        "seconds",
        "CPU s",
      ],
      "sources",
      nodes,
      [
        ["cpuUs", 0],
        ["cpuVsTen", 2],
        ["firstCalls", 0],
        ["firstRequests", 0],
        ["firstSeconds", 1],
        ["firstCpuSeconds", 1],
      ],
    ),
    rowsTable(
      ["Walk", "backups", "calls", "minimum", "rows/s", "CPU µs/row", "peak MB"],
      "walk",
      nodes,
      [
        ["rows", 0],
        ["calls", 0],
        ["minimum", 0],
        ["rowsPerSecond", 0],
        ["cpuUsPerRow", 0],
        ["peakMb", 0],
      ],
    ),
    rowsTable(["Start", "ready, s", "first merged page, s"], "start", nodes, [
      ["readySeconds", 2],
      ["firstPageSeconds", 2],
    ]),
    sharesTable(nodes),
    "### Goals",
    goalsTable(nodes),
  ];
  return `${lines.filter((line) => line !== null).join("\n\n")}\n`;
}

function runsLine(nodes) {
  const counts = Object.entries(Object.values(nodes)[0]).map(([table, { runs }]) => [table, runs]);
  const most = Math.max(...counts.map(([, runs]) => runs));
  const fewer = counts.filter(([, runs]) => runs < most);
  const rest = fewer.map(([table, runs]) => `${runs} of ${table}`).join(", ");
  return `${most} ${most === 1 ? "run" : "runs"} on each Node${rest === "" ? "" : ` (${rest})`}.`;
}

const major = (node) => node.split(".")[0];

/** A median with its range, or nothing. Figures that never differ have no range. */
function cellOf(figure, digits) {
  if (figure === undefined) return "";
  const [min, median, max] = figure.map((value) => numberOf(value, digits));
  return min === max ? median : `${median} (${min}–${max})`;
}

const numberOf = (value, digits) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function warmTable(title, table, nodes) {
  const rows = rowsOf(table, nodes, (name, figures, node) => [
    SERVERS[name] ?? name,
    major(node),
    cellOf(figures.cpuUs, 0),
    cellOf(figures.cpuVsBareHttp, 2),
    cellOf(figures.cpuVsMercuriusJit, 2),
    cellOf(figures.cpuVsUsual, 2),
  ]);
  return markdown([title, "Node", "CPU µs/request", "× bare", "× mercurius", "× Apollo"], rows);
}

function coldTable(title, table, nodes) {
  const hasHive = Object.values(nodes).some((summary) => summary[table]?.rows.hive !== undefined);
  const rows = Object.entries(nodes).flatMap(([node, summary]) => {
    const { limit, gateway, hive } = summary[table]?.rows ?? {};
    if (limit === undefined) return [];
    return COLD_FIGURES.map(([name, value, ratio, digits]) => [
      name,
      major(node),
      cellOf(limit[value], digits),
      cellOf(gateway[value], digits),
      ratio === null ? "" : cellOf(gateway[ratio], 2),
      ...(hasHive
        ? [cellOf(hive?.[value], digits), ratio === null ? "" : cellOf(hive?.[ratio], 2)]
        : []),
    ]);
  });
  const others = hasHive ? ["Hive Gateway, by aliases", "× minimum"] : [];
  return markdown([title, "Node", "hand-written minimum", "gateway", "× minimum", ...others], rows);
}

function rowsTable([title, ...columns], table, nodes, figures) {
  const rows = rowsOf(table, nodes, (name, row, node) => [
    /^\d+$/.test(name) ? numberOf(Number(name), 0) : name,
    major(node),
    ...figures.map(([figure, digits]) => cellOf(row[figure], digits)),
  ]);
  return markdown([title, "Node", ...columns], rows);
}

/** The parts of the program by the percentage of the time that they take, the largest first. */
function sharesTable(nodes) {
  const columns = Object.keys(SHARES).flatMap((query) =>
    Object.keys(nodes).map((node) => [query, node]),
  );
  const shareOf = (part, [query, node]) => nodes[node].shares?.rows[part]?.[query]?.[1] ?? 0;
  const parts = new Set(Object.values(nodes).flatMap((one) => Object.keys(one.shares?.rows ?? {})));
  const all = [...parts].map((name) => [name, columns.map((column) => shareOf(name, column))]);
  const shown = all.filter(([, shares]) => Math.max(...shares) >= SMALLEST_SHARE);
  const sum = (rows) =>
    columns.map((_, index) => rows.reduce((total, [, shares]) => total + shares[index], 0));
  const total = ([, shares]) => shares.reduce((a, b) => a + b, 0);
  const rows = shown.sort((a, b) => total(b) - total(a));
  if (rows.length > 0)
    rows.push(["everything else", sum(all.filter((row) => !shown.includes(row)))]);
  return markdown(
    [
      "Percent of the busy time",
      ...columns.map(([query, node]) => `${SHARES[query]}, ${major(node)}`),
    ],
    rows.map(([name, shares]) => [name, ...shares.map((share) => numberOf(share, 0))]),
  );
}

const rowsOf = (table, nodes, row) =>
  Object.entries(nodes).flatMap(([node, summary]) =>
    Object.entries(summary[table]?.rows ?? {}).map(([name, figures]) => row(name, figures, node)),
  );

/** Whether the median of each Node reaches each goal. Goals without figures have no row. */
function goalsTable(nodes) {
  const rows = GOALS.map(([goal, path, limit]) => [
    goal,
    ...Object.values(nodes).flatMap((summary) => {
      const figure = figureAt(summary, path);
      const most = typeof limit === "number" ? limit : figureAt(summary, limit)?.[1];
      if (figure === undefined || most === undefined) return ["", ""];
      return [
        cellOf(figure, figure.every(Number.isInteger) ? 0 : 2),
        figure[1] <= most ? "reached" : "missed",
      ];
    }),
  ]).filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  return markdown(
    ["Goal", ...Object.keys(nodes).flatMap((node) => [`Node ${major(node)}`, ""])],
    rows,
  );
}

function figureAt(summary, path) {
  const [table, row, column] = path.split(".");
  return summary[table]?.rows[row]?.[column];
}

/** A table, or null if it has no rows. Figures are aligned to the right. */
const markdown = (head, rows) =>
  rows.length === 0
    ? null
    : table(
        head,
        rows,
        head.map((_, column) => (column === 0 ? "---" : "---:")),
      );
