import { setImmediate } from "node:timers/promises";
import type { Account } from "../domain/account.js";
import type { Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import { onAbort } from "../http/bounds.js";
import type { HttpClient } from "../http/client.js";
import { isCredentialError, type Fetch, type Signer } from "./authenticator.js";
import { loggedCode, type VendorApi, type VendorCall } from "./declaration.js";
import type { Decoder } from "./decoder.js";
import { checkTime, cut, spendCall, type Operation } from "./operation.js";

/** Between decoding a longer answer and its rows, other work gets its turn. Units: characters. */
const LARGE = 1_000_000;

/** The calls a second that a vendor allows of an action. */
export const rateOf = ({ rate, rates = {} }: VendorApi, action: string): number =>
  (Object.hasOwn(rates, action) ? rates[action] : undefined) ?? rate;

/** Makes one call to an account's vendor. Errors: `SourceError`. */
export type CallVendor = (call: VendorCall, operation: Operation) => Promise<Row>;

/**
 * Makes the function through which all calls to an account's vendor go.
 *
 * A call is counted, authenticated at each attempt, and sent within the limits of the account; the
 * vendor's API opens its answer. A call whose token or credentials are refused is made once more with new
 * ones, if there are any.
 */
export function makeCallVendor(
  account: Account,
  api: VendorApi,
  { http, now }: { readonly http: HttpClient; readonly now: () => number },
): CallVendor {
  const { authenticator } = api;

  const readSigner = (operation: Operation): Promise<Signer> => {
    const fetch: Fetch = ({ action, request, open }) => {
      operation.calls.add(account.vendor, action, { count: 1 });
      const rate = rateOf(api, action);
      return http.send({ account: account.id, action, rate, request, open }, operation);
    };
    return unlessAborted(authenticator.read(now(), fetch), operation);
  };

  const send = async (call: VendorCall, signer: Signer, operation: Operation): Promise<Row> => {
    checkTime(operation, now());
    let characters = 0;
    const answer = await http.send(
      {
        account: account.id,
        action: call.action,
        rate: rateOf(api, call.action),
        // A list whose call the quota refuses must not use up the calls of the others.
        admitted() {
          spendCall(operation);
          operation.calls.add(account.vendor, call.action, { count: 1 });
        },
        request: (moment) => signer(api.request(call), moment),
        open({ body, status, headers }) {
          characters = body.length;
          try {
            return api.open(decoded(api.decode, body, status), status, headers, call);
          } catch (error) {
            throw explained(error, api, call.action);
          }
        },
      },
      operation,
    );
    if (characters > LARGE) await setImmediate();
    return answer;
  };

  return async (call, operation) => {
    const signer = authenticator.peek(now()) ?? (await readSigner(operation));
    try {
      return await send(call, signer, operation);
    } catch (error) {
      const isRefused = error instanceof SourceError && isCredentialError(error);
      if (!isRefused || !authenticator.refused(signer, now())) throw error;
      const next = authenticator.peek(now()) ?? (await readSigner(operation));
      if (next === signer) throw error;
      return send(call, next, operation);
    }
  };
}

/**
 * Adds the code that may be logged, and names the permission that a refused call needs: what the vendor
 * names, else that of the action.
 */
function explained(error: unknown, api: VendorApi, action: string): unknown {
  if (!(error instanceof SourceError)) return error;
  const { code = "", isDenied } = error.details;
  const details = { ...error.details, loggedCode: loggedCode(api.codes, code) };
  if (isDenied !== true) return new SourceError(error.kind, error.message, details);
  const { permission = api.permission(action) } = details;
  const message = `${error.message} It needs the permission ${permission}.`;
  return new SourceError(error.kind, message, { ...details, permission });
}

/** The decoded answer; null for one that is no success anyway and is not of the vendor's format. */
function decoded(decode: Decoder, body: string, status: number): unknown {
  try {
    return decode(body);
  } catch (error) {
    if (status >= 300) return null;
    throw error;
  }
}

/** Waits for what other operations may wait for too. @throws {SourceError} CUT once this one ends. */
export async function unlessAborted<T>(wait: Promise<T>, { signal }: Operation): Promise<T> {
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, () => reject(cut("The operation has ended.")));
  });
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    forget();
  }
}
