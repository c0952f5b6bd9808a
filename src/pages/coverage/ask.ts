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
    return dataOf(safeAnswer<TResult>(await response.text().catch(() => "")), response.status);
  };

const send = (request: RequestInit, signal: AbortSignal): Promise<Response> =>
  fetch("/graphql", request).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new AskError("UNREACHABLE", "The gateway cannot be reached.", { cause });
  });

/** Characters that control a terminal or change the direction of the text around them. */
const UNSAFE = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** Whether JSON text may contain them. Most answers do not, and are parsed several times faster. */
const MAYBE_UNSAFE = /\\[bfu]|[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/**
 * Parses an answer; null if it is not JSON. Anybody who may name an instance chooses some of its texts,
 * so unsafe characters are replaced here, as in the tables of the command line.
 */
function safeAnswer<TResult>(text: string): Answer<TResult> | null {
  const safe = (_: string, value: unknown): unknown =>
    typeof value === "string" ? value.replaceAll(UNSAFE, "\u{fffd}") : value;
  try {
    return JSON.parse(text, MAYBE_UNSAFE.test(text) ? safe : undefined) as Answer<TResult> | null;
  } catch {
    return null;
  }
}

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
