import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { addAccountGauges, type AccountSight } from "../../../src/server/observe/accountGauges.js";
import { samplesNamed, samplesOf } from "./harness.js";

describe("the gauges of accounts", () => {
  const sights: Record<string, AccountSight> = {
    a: { breaker: "open", lastSuccessAt: 5_000, callsLeft: 7 },
    b: { breaker: "closed", lastSuccessAt: null, callsLeft: null },
  };
  const registry = new Registry();
  addAccountGauges(registry, {
    accounts: ["a", "b"],
    vendorOf: (account) => `vendor of ${account}`,
    health: (account) => sights[account]!,
  });
  const scrape = async () => samplesOf(await registry.metrics());

  test("show which of its states a breaker is in, at the moment of the scrape", async () => {
    const stateOf = async (account: string) =>
      Object.entries(samplesNamed(await scrape(), "backup_gateway_breaker_state"))
        .filter(([labels]) => labels.includes(`account="${account}"`))
        .map(([labels, value]) => [/state="(\w+)"/.exec(labels)?.[1], value]);
    expect(await stateOf("a")).toEqual([
      ["closed", 0],
      ["halfOpen", 0],
      ["open", 1],
    ]);
    sights["a"] = { ...sights["a"]!, breaker: "halfOpen" };
    expect(await stateOf("a")).toEqual([
      ["closed", 0],
      ["halfOpen", 1],
      ["open", 0],
    ]);
    expect(await stateOf("b")).toEqual([
      ["closed", 1],
      ["halfOpen", 0],
      ["open", 0],
    ]);
  });

  test("show quota and success only where they are known", async () => {
    const samples = await scrape();
    expect(samplesNamed(samples, "backup_gateway_quota_calls_left")).toEqual({
      '{vendor="vendor of a",account="a"}': 7,
    });
    expect(samplesNamed(samples, "backup_gateway_vendor_last_success_timestamp_seconds")).toEqual({
      '{vendor="vendor of a",account="a"}': 5,
    });
  });
});
