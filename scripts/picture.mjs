// Draws folders as boxes, each above the folders that it imports, as an SVG for light and dark pages.

const BOX = { width: 148, height: 42 };
const STEP = { x: 24, y: 78 };
const MARGIN = 12;
const POINT = 12;

/** The SVG of a graph, a map from a name to the names that it imports, with a few words on each. */
export function picture(graph, roles) {
  const edges = withoutShortcuts(graph);
  const { rows, paths } = layered([...graph.keys()].sort(), edges);
  untangle(rows, paths);
  const place = placed(rows);
  const width = Math.max(...[...graph.keys()].map((name) => place.get(name).x)) + BOX.width / 2;
  const right = Math.max(width, ...[...place.values()].map(({ x }) => x + POINT / 2)) + MARGIN;
  const list = edges.map(([from, to]) => `${from} imports ${to}`).join(", ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${(rows.length - 1) * STEP.y + BOX.height + 2 * MARGIN}" font-family="system-ui, sans-serif" text-anchor="middle" role="img" aria-labelledby="title description">
<title id="title">The folders of src, each above the folders that it imports</title>
<desc id="description">${list}. Imports that follow from others are left out.</desc>
<style>
.line { fill: none; stroke: #8c959f; stroke-width: 1.4 } .tip { fill: #8c959f }
.box { fill: #f6f8fa; stroke: #57606a }
.name { fill: #1f2328; font-size: 14px; font-weight: 600 } .role { fill: #57606a; font-size: 11px }
@media (prefers-color-scheme: dark) {
.box { fill: #161b22; stroke: #8b949e } .name { fill: #e6edf3 } .role { fill: #9198a1 }
}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>
${paths.map((path) => line(path.map((node) => place.get(node)))).join("\n")}
${[...graph.keys()].map((name) => box(name, roles[name] ?? "", place.get(name))).join("\n")}
</svg>
`;
}

/** The imports, without those that follow from others: a → c where a → b and b → c. */
function withoutShortcuts(graph) {
  const reached = (from, seen = new Set()) => {
    for (const to of graph.get(from) ?? []) if (!seen.has(to)) reached(to, seen.add(to));
    return seen;
  };
  const isShort = (from, to) =>
    ![...graph.get(from)].some((other) => other !== to && reached(other).has(to));
  return [...graph].flatMap(([from, direct]) =>
    [...direct].filter((to) => isShort(from, to)).map((to) => [from, to]),
  );
}

/** Rows from top to bottom. A line that passes a row gets a point there, so that it passes no box. */
function layered(names, edges) {
  const depth = new Map();
  const depthOf = (name) => {
    if (!depth.has(name)) {
      const above = edges.filter(([, to]) => to === name).map(([from]) => depthOf(from) + 1);
      depth.set(name, Math.max(0, ...above));
    }
    return depth.get(name);
  };
  const rows = [];
  for (const name of names) (rows[depthOf(name)] ??= []).push(name);
  const paths = edges.map(([from, to]) => {
    const path = [from];
    for (let level = depth.get(from) + 1; level < depth.get(to); level += 1) {
      const point = `${from} ${to} ${level}`;
      rows[level].push(point);
      path.push(point);
    }
    return [...path, to];
  });
  return { rows, paths };
}

/** Orders each row by the mean place of its neighbours in the row before, from both ends in turn. */
function untangle(rows, paths) {
  const linked = new Map();
  const link = (a, b) => linked.set(a, [...(linked.get(a) ?? []), b]);
  for (const path of paths)
    path.slice(1).forEach((node, i) => (link(node, path[i]), link(path[i], node)));
  const order = (row, before) => {
    const at = new Map(before.map((node, i) => [node, (i + 0.5) / before.length]));
    const key = new Map(row.map((node, i) => [node, mean(node, at) ?? (i + 0.5) / row.length]));
    row.sort((a, b) => key.get(a) - key.get(b));
  };
  const mean = (node, at) => {
    const known = (linked.get(node) ?? []).filter((one) => at.has(one));
    return known.length > 0
      ? known.reduce((sum, one) => sum + at.get(one), 0) / known.length
      : null;
  };
  for (let round = 0; round < 24; round += 1) {
    const sweep = round % 2 === 0 ? rows : [...rows].reverse();
    sweep.slice(1).forEach((row, i) => order(row, sweep[i]));
  }
}

/** The centre of each node, by rows that are centred. */
function placed(rows) {
  const widthOf = (node) => (node.includes(" ") ? POINT : BOX.width);
  const lengthOf = (row) => row.reduce((sum, node) => sum + widthOf(node) + STEP.x, -STEP.x);
  const widest = Math.max(...rows.map(lengthOf));
  const place = new Map();
  for (const [i, row] of rows.entries()) {
    let x = MARGIN + (widest - lengthOf(row)) / 2;
    for (const node of row) {
      const y = MARGIN + i * STEP.y + BOX.height / 2;
      place.set(node, { x: Math.round(x + widthOf(node) / 2), y });
      x += widthOf(node) + STEP.x;
    }
  }
  return place;
}

function line([start, ...rest]) {
  let [x, y] = [start.x, start.y + BOX.height / 2];
  let d = `M${x} ${y}`;
  for (const [i, next] of rest.entries()) {
    const top = next.y - BOX.height / 2;
    d += ` C${x} ${(y + top) / 2} ${next.x} ${(y + top) / 2} ${next.x} ${top}`;
    [x, y] = [next.x, next.y + BOX.height / 2];
    if (i < rest.length - 1) d += ` V${y}`;
  }
  return `<path class="line" d="${d}" marker-end="url(#tip)"/>`;
}

const box = (name, role, { x, y }) =>
  `<rect class="box" x="${x - BOX.width / 2}" y="${y - BOX.height / 2}" width="${BOX.width}" height="${BOX.height}" rx="6"/><text class="name" x="${x}" y="${y - 2}">${name}</text><text class="role" x="${x}" y="${y + 13}">${role}</text>`;
