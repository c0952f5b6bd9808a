// Makes the Markdown reference of the config file from its JSON Schema.

/** A heading and a table for each section of the file, and for each vendor's accounts. */
export function configTable(schema) {
  const { accounts, $schema, ...sections } = schema.properties;
  const upstream = Object.keys(sections.upstream.properties);
  return [
    ...Object.entries(sections).map(([name, part]) =>
      section(`### ${name}`, part, part.items ? rowsOf(part.items, `${name}[].`) : rowsOf(part)),
    ),
    `### accounts\n\n${accounts.description}`,
    ...accounts.items.oneOf.map((account) => {
      const { upstream: own, ...keys } = account.properties;
      const rest = Object.entries(keys).filter(([key]) => !upstream.includes(key));
      const part = { ...account, properties: Object.fromEntries(rest) };
      const rows = [...rowsOf(part), row("upstream", own, false)];
      return section(`#### vendor: ${account.properties.vendor.const}`, account, rows);
    }),
  ].join("\n\n");
}

const section = (heading, { description }, rows) =>
  `${heading}\n\n${description}\n\n| key | type | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}`;

function rowsOf({ properties, required = [] }, prefix = "") {
  return Object.entries(properties).flatMap(([key, part]) => {
    const name = `${prefix}${key}`;
    const inner = part.properties ? part : part.items?.properties ? part.items : null;
    const below = inner ? rowsOf(inner, part.items ? `${name}[].` : `${name}.`) : [];
    return [row(name, part, required.includes(key)), ...below];
  });
}

function row(name, part, isRequired) {
  const fallback = part.default === undefined || part.default === "" ? "" : code(part.default);
  const cells = [
    `\`${name}\``,
    typeOf(part),
    isRequired ? "required" : fallback,
    plain(part.description),
  ];
  return `| ${cells.join(" | ")} |`;
}

const plain = (text) => text.replaceAll("<", "\\<").replaceAll("|", "\\|");

const code = (value) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

function typeOf(part) {
  if (part.anyOf) return part.anyOf.map(typeOf).join(" or ");
  if (part.const !== undefined) return code(part.const);
  if (part.enum) return part.enum.map(code).join(", ");
  if (part.type === "array")
    return part.items.properties ? "list" : `list of ${typeOf(part.items)}`;
  if (part.type === "object") return "map";
  if (part.type === "boolean") return "true or false";
  if (part.type === "integer" || part.type === "number") return `number${boundsOf(part)}`;
  if (part.writeOnly) return "secret";
  return { duration: "duration", uri: "URL" }[part.format] ?? "text";
}

function boundsOf({ minimum, exclusiveMinimum, maximum }) {
  const least = minimum !== undefined ? `from ${minimum}` : `above ${exclusiveMinimum}`;
  return ` ${least}${maximum === undefined ? "" : ` to ${maximum}`}`;
}
