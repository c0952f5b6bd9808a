import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  TypeNameMetaFieldDef,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from "graphql";
import type { FieldNodes } from "./collectFields.js";
import { arrayText, leafTextOf } from "./json.js";
import type { FieldPlan, Planner, Selection, Shortcut } from "./plan.js";
import { isPromise } from "./run.js";
import type { TextCache } from "./textCache.js";

/**
 * Makes shortcuts: a value that is in memory as a whole is written without paths, promises and one call a
 * field, and the text of an object that never changes is kept in a `TextCache`.
 */
export class Shortcuts {
  private readonly ofSelections = new Map<Selection, Shortcut | null>();

  constructor(
    private readonly selectionOf: Planner["selection"],
    private readonly texts: TextCache | null,
  ) {}

  /** Null for a type whose values always need resolvers, or a selection that cannot be collected. */
  of(type: GraphQLOutputType, nodes: FieldNodes): Shortcut | null {
    try {
      const write = this.ofType(type, nodes);
      return write === null ? null : guarded(write);
    } catch {
      return null;
    }
  }

  private ofType(type: GraphQLOutputType, nodes: FieldNodes): Shortcut | null {
    const isRequired = isNonNullType(type);
    const write = this.ofValue(isRequired ? type.ofType : type, nodes);
    if (write === null) return null;
    const nothing = isRequired ? undefined : "null";
    return (value, run, info) =>
      value === undefined || value === null ? nothing : write(value, run, info);
  }

  /** Writes values that are not null. */
  private ofValue(type: GraphQLOutputType, nodes: FieldNodes): Shortcut | null {
    if (isLeafType(type)) {
      const text = leafTextOf(type);
      return (value) => (isUnusual(value) ? undefined : text(value));
    }
    if (isListType(type)) {
      const item = this.ofType(type.ofType, nodes);
      return item === null ? null : this.keeping(listText(item));
    }
    return isObjectType(type) ? this.ofObject(type, nodes) : null;
  }

  private ofObject(type: GraphQLObjectType, nodes: FieldNodes): Shortcut | null {
    const write = this.ofSelection(this.selectionOf(type, nodes));
    if (write === null) return null;
    const { isTypeOf } = type;
    return (value, run, info) => {
      if (typeof value !== "object" || isUnusual(value)) return undefined;
      if (isTypeOf && isTypeOf(value, run.context, info) !== true) return undefined;
      return write(value, run, info);
    };
  }

  private ofSelection(selection: Selection): Shortcut | null {
    const known = this.ofSelections.get(selection);
    if (known !== undefined) return known;
    const members = selection.fields.map((field) => this.ofField(field));
    const made = members.every((member) => member !== null)
      ? this.keeping(membersText(selection.fields, members))
      : null;
    this.ofSelections.set(selection, made);
    return made;
  }

  /** Writes one property of an object. */
  private ofField({ field, parentType, nodes }: FieldPlan): Shortcut | null {
    if (field === TypeNameMetaFieldDef) {
      const text = JSON.stringify(parentType.name);
      return () => text;
    }
    if (field.resolve !== undefined || field.args.length > 0) return null;
    const write = this.ofType(field.type, nodes);
    if (write === null) return null;
    const { name } = field;
    return (source, run, info) =>
      write((source as Readonly<Record<string, unknown>>)[name], run, info);
  }

  /** Keeps what is written of objects that never change. */
  private keeping(write: Shortcut): Shortcut {
    const texts = this.texts?.space();
    if (texts === undefined) return write;
    return (value, run, info) => {
      const known = texts.get(value as object);
      if (known !== undefined) return known;
      const text = write(value, run, info);
      if (text !== undefined) texts.offer(value as object, text);
      return text;
    };
  }
}

/** A value that throws is completed in the general way, which reports the error. */
const guarded =
  (write: Shortcut): Shortcut =>
  (value, run, info) => {
    try {
      return write(value, run, info);
    } catch {
      return undefined;
    }
  };

const isUnusual = (value: unknown): boolean =>
  typeof value === "function" ||
  (typeof value === "object" && (value instanceof Error || isPromise(value)));

const listText =
  (item: Shortcut): Shortcut =>
  (value, run, info) => {
    if (!Array.isArray(value)) return undefined;
    const texts: string[] = [];
    for (const one of value as unknown[]) {
      const text = item(one, run, info);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return arrayText(texts);
  };

function membersText(fields: readonly FieldPlan[], members: readonly Shortcut[]): Shortcut {
  const keys = fields.map(({ key }, i) => (i === 0 ? `{${key}` : `,${key}`));
  return (source, run, info) => {
    let text = "";
    for (let i = 0; i < members.length; i += 1) {
      const member = members[i]?.(source, run, info);
      if (member === undefined) return undefined;
      text += `${keys[i]}${member}`;
    }
    return text === "" ? "{}" : `${text}}`;
  };
}
