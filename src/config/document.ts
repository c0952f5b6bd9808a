import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, ErrorCode, YAMLMap } from "yaml";
import { ConfigError, fault } from "./fault.js";
import type { ConfigFault, ConfigPath } from "./fault.js";

/** A file as maps, lists and scalars, with the faults of its keys. */
interface OpenedText {
  readonly tree: unknown;
  readonly faults: readonly ConfigFault[];
}

/** Much more than a config needs. The limits stop aliases that refer to each other. */
const MAX_DEPTH = 20;
const MAX_VALUES = 20_000;

/** The parser's own messages quote the file, so each code has a message here. */
const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: "the indentation is wrong, or a bracket or quote above is not closed",
  BAD_SCALAR_START: "a value that starts with this character must be quoted",
  BAD_DQ_ESCAPE: "unknown escape after \\ in double-quoted text",
  BAD_ALIAS: "an alias needs a name",
  BLOCK_AS_IMPLICIT_KEY: "two keys on one line; quote a value that contains a colon and a space",
  MISSING_CHAR: "a bracket, quote or comma is missing",
  MULTIPLE_DOCS: "the file must be one YAML document; remove the part that starts with ---",
  TAB_AS_INDENT: "indent with spaces, not with tabs",
  TAG_RESOLVE_FAILED: "tags (!name) are not supported",
  UNEXPECTED_TOKEN: 'unexpected text; quote a value that contains braces, as in { key: "${NAME}" }',
};

/**
 * Parses YAML 1.2, which includes JSON.
 *
 * Errors: `ConfigError` with line and column if the syntax is wrong, because nothing else can be checked
 *         then. Duplicate keys are among the returned faults.
 */
export function openText(text: string, file: string): OpenedText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const broken = [...document.errors, ...document.warnings].map(({ code, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    const message = SYNTAX[code] ?? "this is not valid YAML";
    return { path: `line ${line}, column ${col}`, message };
  });
  if (broken.length > 0) throw new ConfigError(broken, file);
  return openDocument(document, lines);
}

function openDocument(document: Document, lines: LineCounter): OpenedText {
  const faults: ConfigFault[] = [];
  let values = 0;

  const open = (node: unknown, path: ConfigPath): unknown => {
    values += 1;
    if (path.length > MAX_DEPTH || values > MAX_VALUES) {
      if (values <= MAX_VALUES + 1) faults.push(fault(path.slice(0, 3), TOO_MUCH));
      values = Infinity;
      return undefined;
    }
    if (isAlias(node)) return openAlias(node.resolve(document), path);
    if (isMap(node)) return openMap(node, path);
    if (isSeq(node)) return node.items.map((item, index) => open(item, [...path, index]));
    return isScalar(node) ? node.value : null;
  };
  const openAlias = (target: unknown, path: ConfigPath): unknown => {
    if (target !== undefined) return open(target, path);
    faults.push(fault(path, "the alias (*name) has no anchor (&name) above"));
    return undefined;
  };
  const openMap = (map: YAMLMap, path: ConfigPath): unknown => {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const at = [...path, name];
      // Objects cannot hold this key, so it would vanish from the conditions of a policy, for example.
      if (name === "__proto__") faults.push(fault(path, "the key __proto__ is not supported"));
      if (entries.has(name))
        faults.push(fault(at, `the key is a duplicate (again on line ${lineOf(key, lines)})`));
      entries.set(name, open(value, at));
    }
    return Object.fromEntries(entries);
  };
  return { tree: open(document.contents, []), faults };
}

const TOO_MUCH =
  "has too many or too deeply nested values; check whether an alias refers to itself";

function lineOf(key: unknown, lines: LineCounter): number {
  return isScalar(key) && key.range ? lines.linePos(key.range[0]).line : 0;
}
