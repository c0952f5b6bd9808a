/** The texts of objects by one selection. */
export interface KeptTexts {
  get(source: object): string | undefined;
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
  private maps: Map<object, string>[] = [];
  private characters = 0;

  constructor(private readonly limit: number) {}

  /** A place for the texts of one selection. */
  texts(): KeptTexts {
    const map = new Map<object, string>();
    return {
      get: (source) => map.get(source),
      set: (source, text) => {
        const characters = text.length + ENTRY_CHARACTERS;
        if (this.characters + characters > this.limit) this.forget();
        if (map.size === 0) this.maps.push(map);
        this.characters += characters;
        map.set(source, flat(text));
      },
    };
  }

  private forget(): void {
    for (const map of this.maps) map.clear();
    this.maps = [];
    this.characters = 0;
  }
}

/** The same text in one piece: one that was added up is gone through piece by piece whenever it is written. */
const flat = (json: string): string => Buffer.from(json).toString();
