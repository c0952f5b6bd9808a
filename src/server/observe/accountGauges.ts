import { Gauge, type Registry } from "prom-client";
import { metricName } from "./names.js";
import { BREAKER_STATES, type BreakerState, type VendorOf } from "./notes.js";

/** What is known of an account's host. */
export interface AccountSight {
  /** Of the worst host, where an account has several. */
  readonly breaker: BreakerState;
  /** Epoch milliseconds; null before the first success. */
  readonly lastSuccessAt: number | null;
  /** Calls that the fullest-used action could start now; null where none was made. */
  readonly callsLeft: number | null;
}

/** The accounts that are shown, and how they are looked at. */
export interface ShownAccounts {
  readonly accounts: readonly string[];
  readonly vendorOf: VendorOf;
  health(account: string): AccountSight;
}

/** Shows at each scrape how every account is; asks nobody. */
export function addAccountGauges(registry: Registry, shown: ShownAccounts): void {
  const { accounts, vendorOf, health } = shown;
  const gauge = <L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    show: (gauge: Gauge<"vendor" | "account" | L>, account: string) => void,
  ): void => {
    new Gauge({
      name: metricName(name),
      help,
      labelNames: ["vendor", "account", ...labels],
      registers: [registry],
      collect() {
        for (const account of accounts) show(this, account);
      },
    });
  };
  const labelsOf = (account: string) => ({ vendor: vendorOf(account), account });

  gauge("breaker_state", "1 for the state that it is in.", ["state"], (shownIn, account) => {
    const { breaker } = health(account);
    for (const state of BREAKER_STATES)
      shownIn.set({ ...labelsOf(account), state }, state === breaker ? 1 : 0);
  });
  gauge("quota_calls_left", "Calls that could start at this moment.", [], (shownIn, account) => {
    const { callsLeft } = health(account);
    if (callsLeft !== null) shownIn.set(labelsOf(account), callsLeft);
  });
  const success = "When a vendor call of the account last succeeded, in Unix time.";
  gauge("vendor_last_success_timestamp_seconds", success, [], (shownIn, account) => {
    const { lastSuccessAt } = health(account);
    if (lastSuccessAt !== null) shownIn.set(labelsOf(account), lastSuccessAt / 1_000);
  });
}
