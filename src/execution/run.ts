import {
  isNonNullType,
  locatedError,
  responsePathAsArray,
  type FieldNode,
  type GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from "graphql";

/** The place of a value in the response, from the innermost step outwards. */
export type Path = GraphQLResolveInfo["path"];

/** A field, or an item of its list, that may fail. */
export interface Place {
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
  failAt({ type, nodes }: Place, path: Path, thrown: unknown): null {
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
