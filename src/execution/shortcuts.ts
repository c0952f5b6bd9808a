import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  TypeNameMetaFieldDef,
} from "graphql";
import type { FieldNodes } from "./collectFields.js";
import type { FieldPlan, FieldPlanner, Selection, Shortcut } from "./plan.js";
import { arrayText, isPromise, leafTextOf } from "./run.js";

/**
 * Makes shortcuts: a value that is in memory as a whole is written without paths, promises and one call a
 * field, and the text of an object that never changes is kept in a `TextCache`.
 */
export class Shortcuts {
  private readonly ofSelections = new Map<Selection, Shortcut | null>();

  constructor(
    private readonly selectionOf: FieldPlanner["selection"],
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

/** What a text cache is made with. */
export interface TextCacheOptions {
  readonly maxBytes: number;
  /** Whether the properties of an object never change, so that its text may be kept. */
  readonly isImmutable: (object: object) => boolean;
}

/** The texts that one selection has written, by object. */
interface TextSpace {
  get(source: object): string | undefined;
  /** Keeps the text if the object is immutable. */
  offer(source: object, text: string): void;
}

/** An entry of a map, and the header of a text. */
const ENTRY_BYTES = 200;
/** A kept object stays in memory; it is counted as so many times its text, which names all its values. */
const SOURCE_SHARE = 2;

/**
 * Keeps the JSON texts of immutable objects, so that an object that is shown again is not written again.
 *
 * Cost: at most `maxBytes`, texts and objects together. When they are reached, all texts are dropped: what
 * is in use is soon written again.
 */
export class TextCache {
  private maps: Map<object, string>[] = [];
  private held = 0;

  constructor(private readonly options: TextCacheOptions) {}

  /** The bytes that are held now. */
  get bytes(): number {
    return this.held;
  }

  /** A place for the texts of one selection. */
  space(): TextSpace {
    const map = new Map<object, string>();
    return {
      get: (source) => map.get(source),
      offer: (source, text) => {
        if (this.options.isImmutable(source)) this.keep(map, source, text);
      },
    };
  }

  private keep(map: Map<object, string>, source: object, text: string): void {
    const bytes = ENTRY_BYTES + (1 + SOURCE_SHARE) * heapBytes(text);
    if (bytes > this.options.maxBytes) return;
    if (this.held + bytes > this.options.maxBytes) this.clear();
    if (map.size === 0) this.maps.push(map);
    this.held += bytes;
    map.set(source, copyOf(text));
  }

  private clear(): void {
    for (const map of this.maps) map.clear();
    this.maps = [];
    this.held = 0;
  }
}

/** A text is two bytes a character as soon as one of its characters needs them. */
const heapBytes = (text: string): number =>
  Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;

/** A text that was joined or cut holds on to the texts that it was made from; a copy holds only itself. */
const copyOf = (text: string): string => Buffer.from(text).toString();
