import type { Ask } from "../../../src/pages/coverage/ask.js";
import type { Instance, Provider } from "../../../src/pages/coverage/entries.js";
import type { CoverageState } from "../../../src/pages/coverage/generated/graphql.js";
import type { Issue } from "../../../src/pages/coverage/issues.js";

export const PROVIDER: Provider = { key: "ops/redis", vendor: "TENCENT", account: "ops" };

export const issue = (given: Partial<Issue> = {}): Issue => ({
  region: null,
  count: 1,
  instanceNativeIds: [],
  code: "UNAVAILABLE",
  message: "The vendor could not answer.",
  vendorCode: null,
  retryable: true,
  asOf: null,
  ...given,
});

export const instance = (
  nativeId: string,
  given: Partial<Instance> & { readonly state?: CoverageState } = {},
): Instance => ({
  id: `id-${nativeId}`,
  name: `name of ${nativeId}`,
  nativeId,
  region: "north",
  status: "RUNNING",
  engineVersion: "6.0",
  memoryBytes: 1_073_741_824,
  createdAt: "2026-01-01T00:00:00Z",
  tags: null,
  coverage: {
    state: given.state ?? "PROTECTED",
    reason: "because",
    violations: [],
    age: "PT5H",
    policy: null,
  },
  ...given,
});

/** Questions that were asked, by operation, with their variables. */
export interface Asked {
  readonly operation: string;
  readonly variables: Record<string, unknown>;
}

/** Answers questions by a function, and remembers them. */
export function fakeAsk(answer: (asked: Asked, count: number) => unknown): {
  readonly ask: Ask;
  readonly asked: Asked[];
} {
  const asked: Asked[] = [];
  const ask: Ask = async (document, variables, signal) => {
    signal.throwIfAborted();
    const operation = /query (\w+)/.exec(String(document))?.[1] ?? "";
    const question = { operation, variables: variables as Record<string, unknown> };
    asked.push(question);
    return (await answer(question, asked.length)) as never;
  };
  return { ask, asked };
}

export const NEVER = new AbortController().signal;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
