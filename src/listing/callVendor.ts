import type { Account } from "../domain/account.js";
import type { Row } from "../domain/row.js";
import type { HttpClient } from "../http/client.js";
import type { VendorApi, VendorCall } from "./declaration.js";
import { parseJson } from "./jsonDecoder.js";
import { spendCall, type Operation } from "./operation.js";

/** Asks one account's vendor. Errors: `SourceError`. */
export type CallVendor = (call: VendorCall, operation: Operation) => Promise<Row>;

/**
 * Makes the one function by which an account's vendor is asked: the call is counted, signed anew at
 * each attempt, sent within the account's limits, and its answer opened by the vendor's dialect.
 */
export function makeCallVendor(
  account: Account,
  api: VendorApi,
  { http, now }: { readonly http: HttpClient; readonly now: () => number },
): CallVendor {
  return async (call, operation) => {
    spendCall(operation, now());
    operation.calls.add(account.vendor, call.action, { count: 1 });
    return http.send(
      {
        account: account.id,
        action: call.action,
        rate: api.rate(call.action),
        request: (moment) => api.request(call, moment),
        open: ({ body, status, headers }) => api.open(decoded(body, status), status, headers),
      },
      operation,
    );
  };
}

/** The answer's JSON; of an answer that failed anyway, null where there is none. */
function decoded(body: string, status: number): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    if (status >= 400) return null;
    throw error;
  }
}
