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

/** The metrics that a gateway over the embedded clouds shows, with the labels that `page` documents. */
export async function metricsPage(page) {
  const { GATEWAY_CONFIG: _config, GATEWAY_HOST: _host, ...env } = process.env;
  const gateway = spawn(process.execPath, [program, "serve", "--demo"], {
    env: { ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const url = await readyUrl(gateway);
    const text = await fetch(new URL("/metrics", url)).then((response) => response.text());
    return metricsOf(text, labelsOf(page));
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

/** The labels of each metric, from the page that a test compares with the gateway. */
function labelsOf(page) {
  const [, metrics = ""] = page.split("\n## Metrics\n");
  const [names] = metrics.split("\n### ");
  const wordsOf = (text) => [...text.matchAll(/`(\w+)`/g)].map(([, word]) => word);
  const [, instance = ""] = /have the labels ([^]*?), and one for each tag/.exec(metrics) ?? [];
  const ofInstance = wordsOf(instance.replace(/\(.*?\)/, ""));
  return new Map(
    [...names.matchAll(/^\| (`[^|]+`) +\| ([^|]*?) +\|/gm)].flatMap(([, metric, labels]) => {
      const own = wordsOf(labels);
      const all = labels.startsWith("of the instance") ? [...ofInstance, ...own] : own;
      return wordsOf(metric).map((name) => [PREFIX + name, all]);
    }),
  );
}

function metricsOf(text, labels) {
  const rows = [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)/gm)].map(
    ([, name, help, type]) => {
      const isOwn = name.startsWith(PREFIX);
      if (isOwn && !labels.has(name)) throw new Error(`docs/observability.md lacks ${name}.`);
      const named = (labels.get(name) ?? []).map((label) => `\`${label}\``).join(", ");
      return [`\`${name.replace(PREFIX, "")}\``, type, named, cell(help), isOwn];
    },
  );
  const of = (isOwn) => rows.filter((row) => row.at(-1) === isOwn).map((row) => row.slice(0, -1));
  if (of(true).length < 10) throw new Error("The gateway shows no metrics.");
  const heads = ["metric", "type", "labels", "description"];
  const plain = of(false).map(([name, type, , help]) => [name, type, help]);
  return [
    generated("Metrics", "the metrics of a gateway over the embedded clouds"),
    "[Observability](/operate/observability) explains them, and says what to watch. The metrics of an instance also have a label for each tag in `server.metrics.tags`.",
    `## Of the gateway\n\nAll names begin with \`${PREFIX}\`.\n\n${table(heads, of(true))}`,
    `## Of Node and the process\n\n${table(["metric", "type", "description"], plain)}`,
  ].join("\n\n");
}
