/** Freezes a declaration and all plain values in it, so that no reader can change it for others. */
export function freeze<T extends object>(value: T): T {
  Object.values(value)
    .filter((part): part is object => typeof part === "object" && part !== null)
    .filter((part) => !Object.isFrozen(part))
    .forEach(freeze);
  return Object.freeze(value);
}
