import type { TypedDocumentString } from "./generated/graphql.js";

/** A request that the gateway did not answer. The message may be shown. */
export class AskError extends Error {
  override readonly name = "AskError";

  /** `code` is the gateway's error code. */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Sends one request to the gateway. Errors: `AskError`, or the reason of the signal. */
export type Ask = <TResult, TVariables>(
  document: TypedDocumentString<TResult, TVariables>,
  variables: TVariables,
  signal: AbortSignal,
) => Promise<TResult>;

/** How often a request to a busy gateway is repeated. */
const PATIENCE = 5;
const BUSY: readonly number[] = [429, 503];

/** Sends requests to the gateway that served the page. The key is kept only here. */
export const makeAsk =
  (key: string | null): Ask =>
  async <TResult>(document: object, variables: unknown, signal: AbortSignal) => {
    const request: RequestInit = {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json",
        "content-type": "application/json",
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ query: String(document), variables }),
      signal,
    };
    let response = await send(request, signal);
    for (let again = 0; again < PATIENCE && BUSY.includes(response.status); again += 1) {
      await pause(Number(response.headers.get("retry-after") ?? 1) * 1000, signal);
      response = await send(request, signal);
    }
    const answer: unknown = await response.json().catch(() => null);
    return dataOf(answer as Answer<TResult> | null, response.status);
  };

const send = (request: RequestInit, signal: AbortSignal): Promise<Response> =>
  fetch("/graphql", request).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new AskError("UNREACHABLE", "The gateway cannot be reached.", { cause });
  });

interface Answer<TResult> {
  readonly data?: TResult | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

function dataOf<TResult>(answer: Answer<TResult> | null, status: number): TResult {
  const error = answer?.errors?.[0];
  const code = error?.extensions?.code ?? `HTTP_${status}`;
  if (error !== undefined) throw new AskError(code, error.message);
  if (answer?.data) return answer.data;
  throw new AskError(code, "The gateway returned no data.");
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)));
  });
