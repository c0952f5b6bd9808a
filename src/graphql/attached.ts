/** Gives the object that it is given, so that the private fields of a subclass are put onto that. */
class Itself {
  constructor(object: object) {
    return object;
  }
}

/** What is attached to objects of others; each object once. */
export interface Attachment<Value> {
  get(object: object): Value | undefined;
  attach(object: object, value: Value): void;
}

/**
 * Makes a kind of attachment: a private field on the object itself, which copies and comparisons do not see.
 *
 * A weak map would do the same at eight times the cost: each of the many small collections goes through all
 * of its entries, and rows that nobody keeps are made by the hundred.
 */
export function makeAttachment<Value>(): Attachment<Value> {
  class Attached extends Itself {
    readonly #value: Value;

    constructor(object: object, value: Value) {
      super(object);
      this.#value = value;
    }

    static get(object: object): Value | undefined {
      return #value in object ? object.#value : undefined;
    }
  }
  return {
    get: (object) => Attached.get(object),
    attach: (object, value) => void new Attached(object, value),
  };
}
