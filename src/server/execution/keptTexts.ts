import { isLong, LongJson, LongPart, type Json } from "./longJson.js";

/** The texts of objects by one selection. */
export interface KeptTexts {
  get(source: object): Json | undefined;
  set(source: object, text: string): void;
}

/** What an object that is remembered costs besides its text. */
const ENTRY_CHARACTERS = 256;

/**
 * Keeps the texts of objects whose fields never change, for however many selections.
 *
 * Cost: at most `limit` characters; when they are reached, all is forgotten, since what is asked for
 * again is soon made again.
 */
export class TextKeeper {
  private maps: Map<object, Json>[] = [];
  private characters = 0;

  constructor(private readonly limit: number) {}

  /** A place for the texts of one selection. */
  texts(): KeptTexts {
    const map = new Map<object, Json>();
    return {
      get: (source) => map.get(source),
      set: (source, text) => {
        const characters = sizeOf(text) + ENTRY_CHARACTERS;
        if (this.characters + characters > this.limit) this.forget();
        if (map.size === 0) this.maps.push(map);
        this.characters += characters;
        map.set(source, kept(text));
      },
    };
  }

  private forget(): void {
    for (const map of this.maps) map.clear();
    this.maps = [];
    this.characters = 0;
  }
}

/** A long text is kept twice: once more in the answer that it was shown in last. */
const sizeOf = (json: string): number => (isLong(json) ? 2 : 1) * json.length;

/** The same text in one piece: one that was added up is gone through piece by piece whenever it is written. */
const kept = (json: string): Json =>
  isLong(json) ? new LongJson([new LongPart(json)]) : Buffer.from(json).toString();
