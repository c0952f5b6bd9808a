/** What a text cache is made with. */
export interface TextCacheOptions {
  readonly maxBytes: number;
  /** Whether the properties of an object never change, so that its text may be kept. */
  readonly isImmutable: (object: object) => boolean;
}

/** The texts that one selection has written, by object. */
export interface TextSpace {
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
