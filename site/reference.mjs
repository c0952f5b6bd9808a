// Generates the references that no file of the repository contains.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  getNamedType,
} from "graphql";

const PREFIX = "backup_gateway_";
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

const cell = (text) =>
  (text ?? "")
    .replaceAll("\n", " ")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll("{", "&#123;");
const table = (heads, rows) =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
const generated = (title, from) => `# ${title}\n\nThis page is generated from ${from}.\n`;

/** Every type of the schema, with the descriptions that editors show. */
export function schemaPage(sdl) {
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const named = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type),
  );
  const linked = (type) => {
    const { name } = getNamedType(type);
    const text = String(type);
    return schema.getType(name) && !isSpecifiedScalarType(schema.getType(name))
      ? `[\`${text}\`](#${name.toLowerCase()})`
      : `\`${text}\``;
  };
  const argument = ({ name, type, defaultValue, description }) =>
    `<br>\`${name}\`: ${linked(type)}${defaultValue === undefined ? "" : ` = \`${defaultValue}\``}${description ? ` ${cell(description)}` : ""}`;
  const fields = (type) =>
    table(
      ["field", "type", "description"],
      Object.values(type.getFields()).map((field) => [
        `\`${field.name}\``,
        linked(field.type),
        cell(field.description) + (field.args ?? []).map(argument).join(""),
      ]),
    );
  const section = (type, body) => `### ${type.name}\n\n${cell(type.description)}\n\n${body}\n`;
  const roots = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].filter(Boolean);
  const groups = [
    ["Operations", roots.map((type) => section(type, fields(type)))],
    [
      "Objects",
      named
        .filter((type) => isObjectType(type) && !roots.includes(type))
        .map((type) => section(type, fields(type))),
    ],
    ["Interfaces", named.filter(isInterfaceType).map((type) => section(type, fields(type)))],
    ["Inputs", named.filter(isInputObjectType).map((type) => section(type, fields(type)))],
    [
      "Enums",
      named.filter(isEnumType).map((type) =>
        section(
          type,
          table(
            ["value", "meaning"],
            type.getValues().map(({ name, description }) => [`\`${name}\``, cell(description)]),
          ),
        ),
      ),
    ],
    ["Scalars", named.filter(isScalarType).map((type) => section(type, ""))],
  ];
  return [
    generated("Schema", "`schema/schema.graphql`"),
    ...groups.map(([name, parts]) => `## ${name}\n\n${parts.join("\n")}`),
  ].join("\n");
}

/** The help of every command. */
export function commandsPage() {
  const help = (...args) =>
    execFileSync(process.execPath, [program, ...args, "--help"], { encoding: "utf8" });
  const main = help();
  const commands = [
    ...(/^Commands:\n([^]*?)(?:\n\n|$(?![^]))/m.exec(main)?.[1] ?? "").matchAll(/^ {2}(\S+)/gm),
  ]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  if (commands.length < 5) throw new Error("The help of the program lists no commands.");
  const block = (text) => `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  return [
    generated("Commands", "the program's own `--help`"),
    block(main),
    ...commands.map((name) => `## ${name}\n\n${block(help(name))}`),
  ].join("\n");
}

/** The metrics that a gateway over the embedded clouds shows after one query. */
export async function metricsPage() {
  const { GATEWAY_CONFIG: _config, GATEWAY_HOST: _host, ...env } = process.env;
  const gateway = spawn(process.execPath, [program, "serve", "--demo"], {
    env: { ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const url = await readyUrl(gateway);
    const body = JSON.stringify({
      query: "{ coverage { violatingCount } backups(first: 1) { totalCount } }",
    });
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    }).then((r) => r.text());
    await fetch(new URL("/nothing", url)).then((response) => response.text());
    return metricsOf(await fetch(new URL("/metrics", url)).then((response) => response.text()));
  } finally {
    gateway.kill("SIGTERM");
    await once(gateway, "exit");
  }
}

async function readyUrl(gateway) {
  const lines = createInterface({ input: gateway.stdout });
  for await (const line of lines) {
    const ready = /Gateway ready at (\S+)$/.exec(line);
    if (ready === null) continue;
    gateway.stdout.resume();
    return ready[1];
  }
  throw new Error("The gateway ended before it was ready.");
}

function metricsOf(text) {
  const rows = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)/gm)].map(
    ([, name, help, type]) => {
      const series = text
        .split("\n")
        .filter((line) => new RegExp(`^${name}(?:_bucket)?\\{`).test(line));
      const found = series.flatMap((line) => [...line.matchAll(/[{,]([a-z_]+)="/g)]);
      const labels = [...new Set(found.map(([, label]) => label))].filter(
        (label) => label !== "le",
      );
      const by = labels.length === 0 ? "" : `<br>By ${labels.map((l) => `\`${l}\``).join(", ")}.`;
      return [`\`${name.replace(PREFIX, "")}\``, type, cell(help) + by, name.startsWith(PREFIX)];
    },
  );
  const of = (isOwn) => rows.filter((row) => row[3] === isOwn).map((row) => row.slice(0, 3));
  if (of(true).length < 10) throw new Error("The gateway shows no metrics.");
  const heads = ["metric", "type", "description"];
  return [
    generated("Metrics", "the metrics of a gateway over the embedded clouds"),
    "[Observability](/operate/observability) explains them, and says what to watch. A metric that has no series in the demo shows no labels here.",
    `## Of the gateway\n\nAll names begin with \`${PREFIX}\`.\n\n${table(heads, of(true))}`,
    `## Of Node and the process\n\n${table(heads, of(false))}`,
  ].join("\n\n");
}
