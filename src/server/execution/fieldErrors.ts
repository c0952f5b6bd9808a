import {
  isNonNullType,
  locatedError,
  responsePathAsArray,
  type FieldNode,
  type GraphQLError,
  type GraphQLOutputType,
} from "graphql";
import type { ErrorSink, Path, Run } from "./plan.js";

/** The errors of one execution, without those below a place that is null already. */
export class FieldErrors implements ErrorSink {
  readonly list: GraphQLError[] = [];
  private readonly nulled = new Set<Path | undefined>();

  add(error: GraphQLError, path: Path | undefined): void {
    if (this.isNulled(path)) return;
    this.nulled.add(path);
    this.list.push(error);
  }

  private isNulled(path: Path | undefined): boolean {
    if (this.nulled.size === 0) return false;
    for (let at = path; at !== undefined; at = at.prev) if (this.nulled.has(at)) return true;
    return this.nulled.has(undefined);
  }
}

/** What makes a field, or an item of its list, fail. */
export interface Failing {
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
}

/**
 * Notes an error at its place, which becomes null.
 * @throws {GraphQLError} the located error, where the place may not be null.
 */
export function failAt(run: Run, { type, nodes }: Failing, path: Path, thrown: unknown): null {
  const error = locatedError(thrown, nodes as FieldNode[], responsePathAsArray(path));
  if (isNonNullType(type)) throw error;
  run.errors.add(error, path);
  return null;
}
