import {
  type FieldNode,
  GraphQLBoolean,
  type GraphQLEnumType,
  type GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLString,
  isEnumType,
  isNonNullType,
  locatedError,
  responsePathAsArray,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect.js";

/** The place of a value in the response, from the innermost step outwards. */
export type Path = GraphQLResolveInfo["path"];

/** A field, or an item of its list, that may fail. */
interface FieldPlace {
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
}

/** The errors of one execution, without those below a place that is already null. */
export class FieldErrors {
  readonly list: GraphQLError[] = [];
  private readonly nulled = new Set<Path | undefined>();

  /** Records an error at the place that becomes null; without a path, that is all data. */
  add(error: GraphQLError, path: Path | undefined): void {
    if (this.isNulled(path)) return;
    this.nulled.add(path);
    this.list.push(error);
  }

  /**
   * Records what a place has thrown, and gives the null that it becomes.
   * @throws {GraphQLError} the located error, where the place must not be null.
   */
  failAt({ type, nodes }: FieldPlace, path: Path, thrown: unknown): null {
    const error = locatedError(thrown, nodes as FieldNode[], responsePathAsArray(path));
    if (isNonNullType(type)) throw error;
    this.add(error, path);
    return null;
  }

  private isNulled(path: Path | undefined): boolean {
    if (this.nulled.size === 0) return false;
    for (let at = path; at !== undefined; at = at.prev) if (this.nulled.has(at)) return true;
    return this.nulled.has(undefined);
  }
}

/** A value, or a promise of it. */
export type Soon<T> = T | Promise<T>;

/** Whether GraphQL waits for a value: anything that has a `then`. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";

/** Joins texts once all of them have arrived. */
export async function joinSoon<T>(
  texts: readonly Soon<T>[],
  join: (texts: readonly T[]) => string,
): Promise<string> {
  const arrived = await Promise.all(texts.filter(isPromise));
  let next = 0;
  return join(texts.map((text) => (isPromise(text) ? (arrived[next++] as T) : text)));
}

/**
 * The JSON array of texts that arrive later. It settles on the turn on which `Promise.all` would, as a list of
 * graphql-js does: which errors are reported besides one that fails the whole answer depends on it.
 */
export function arraySoon(texts: readonly Soon<string | null>[]): Promise<string> {
  const arrived = [...texts];
  let missing = texts.length;
  return new Promise((resolve, reject) => {
    texts.forEach((text, index) => {
      const arrive = (value: string | null): void => {
        arrived[index] = value;
        if ((missing -= 1) === 0) resolve(arrayText(arrived as (string | null)[]));
      };
      if (isPromise(text)) text.then(arrive, reject).then(undefined, reject);
      else missing -= 1;
    });
  });
}

/** A JSON array of texts; null stands for null. */
export function arrayText(items: readonly (string | null)[]): string {
  let text = "";
  for (const item of items) text += `${text === "" ? "[" : ","}${item ?? "null"}`;
  return text === "" ? "[]" : `${text}]`;
}

/** A JSON object of texts, by keys that have their colon. */
export function objectText(
  fields: readonly { readonly key: string }[],
  texts: readonly (string | null)[],
): string {
  let text = "";
  fields.forEach(({ key }, i) => (text += `${i === 0 ? "{" : ","}${key}${texts[i] ?? "null"}`));
  return text === "" ? "{}" : `${text}}`;
}

/** Makes the JSON text of a leaf's value. Errors: those of the type's `serialize`. */
type LeafText = (value: unknown) => string;

/** How the values of a leaf type become text; values that `serialize` would return as they are skip it. */
export function leafTextOf(type: GraphQLLeafType): LeafText {
  if (isEnumType(type)) return enumText(type);
  const general = (value: unknown): string => serialized(type, value);
  if (type === GraphQLString || type === GraphQLID)
    return (value) => (typeof value === "string" ? JSON.stringify(value) : general(value));
  if (type === GraphQLBoolean)
    return (value) => (typeof value === "boolean" ? String(value) : general(value));
  return general;
}

function enumText(type: GraphQLEnumType): LeafText {
  const texts = new Map(type.getValues().map(({ value, name }) => [value, JSON.stringify(name)]));
  return (value) => texts.get(value) ?? serialized(type, value);
}

function serialized(type: GraphQLLeafType, value: unknown): string {
  const result: unknown = type.serialize(value);
  if (result === undefined || result === null)
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to ` +
        `return non-nullable value, returned: ${inspect(result)}`,
    );
  return JSON.stringify(result);
}
