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
export const xmlOf = (row: Row): string =>
  Object.entries(row)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => elementOf(name, one)),
    )
    .join("");

function elementOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  const inner = isRow(value) ? xmlOf(value) : escaped(String(value));
  return inner === "" ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"'\r]/g, (sign) => ENTITIES[sign] ?? sign);
