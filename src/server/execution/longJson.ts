/** Longer texts are kept and sent as bytes: shorter ones are sooner copied than looked after. */
const LONG_CHARACTERS = 4_000;

/** Whether a text is worth being made bytes. */
export const isLong = (json: string): boolean => json.length > LONG_CHARACTERS;

/** JSON text of which the long parts are the bytes already that they are sent as. */
export class LongJson {
  constructor(readonly parts: readonly (string | LongPart)[]) {}

  /** The text itself, for whatever it becomes a part of that is text. */
  toString(): string {
    return this.parts.join("");
  }
}

/** JSON text, long or not. */
export type Json = string | LongJson;

/** A long part, and the whole that it was a part of last: the same question has the same answer. */
export class LongPart {
  private readonly bytes: Buffer;
  private whole: {
    readonly before: string;
    readonly after: string;
    readonly bytes: Buffer;
  } | null = null;

  constructor(json: string) {
    this.bytes = Buffer.from(json);
  }

  /** The bytes between some text; whoever gets them must not write into them. */
  between(before: string, after: string): Buffer {
    if (this.whole?.before === before && this.whole.after === after) return this.whole.bytes;
    const bytes = Buffer.concat([Buffer.from(before), this.bytes, Buffer.from(after)]);
    this.whole = { before, after, bytes };
    return bytes;
  }

  toString(): string {
    return this.bytes.toString();
  }
}

/** Puts JSON together, so that long parts stay what they are. */
export class JsonJoiner {
  private readonly parts: (string | LongPart)[] = [];
  private text = "";

  add(json: Json): void {
    if (typeof json === "string") this.text += json;
    else for (const part of json.parts) this.addPart(part);
  }

  joined(): Json {
    return this.parts.length === 0 ? this.text : new LongJson([...this.parts, this.text]);
  }

  private addPart(part: string | LongPart): void {
    if (typeof part === "string") {
      this.text += part;
      return;
    }
    this.parts.push(this.text, part);
    this.text = "";
  }
}

/** A JSON array. Put together without copying: what it becomes a part of is copied once, as a whole. */
export function arrayOf(items: readonly (Json | null)[]): string {
  let text = "";
  for (const item of items) text += `${text === "" ? "[" : ","}${item ?? "null"}`;
  return text === "" ? "[]" : `${text}]`;
}

/** The bytes of JSON, in one piece. */
export function bytesOf(json: Json): Buffer {
  if (typeof json === "string") return Buffer.from(json);
  const [before, part, after, ...more] = json.parts;
  if (typeof before === "string" && part instanceof LongPart && typeof after === "string")
    if (more.length === 0) return part.between(before, after);
  return Buffer.from(String(json));
}
