import { isRow } from "../../domain/row.js";
import type { Row } from "../../domain/row.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#xD;",
};

/**
 * An object as XML elements in its order: a list repeats its element, an object nests, and what is null or
 * undefined is left out. Empty text and an object without fields are empty elements.
 */
export function xmlOf(row: Row): string {
  let text = "";
  for (const [name, value] of Object.entries(row))
    if (Array.isArray(value)) for (const one of value as unknown[]) text += elementOf(name, one);
    else text += elementOf(name, value);
  return text;
}

function elementOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  const inner = isRow(value) ? xmlOf(value) : escaped(String(value));
  return inner === "" ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

// Most values have nothing to escape, and a test costs less than a replacement of nothing.
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replaceAll(/[&<>"'\r]/g, (sign) => ENTITIES[sign] ?? sign) : text;

const SPECIAL = /[&<>"'\r]/;
