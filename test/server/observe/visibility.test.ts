import { Counter, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { onlyOfAccounts } from "../../../src/server/observe/visibility.js";

const text = [
  "# HELP a Things.",
  "# TYPE a counter",
  'a{vendor="v",account="one",action="x"} 1',
  'a{vendor="v",account="two",action="x"} 1',
  'b{provider="one/uredis",state="UNKNOWN"} 1',
  'b{provider="two/uredis",state="UNKNOWN"} 1',
  'c_bucket{le="1",vendor="v",account="two"} 1',
  'd{operation="other"} 1',
  "e 1",
  "",
].join("\n");

describe("a scrape by a key that sees some accounts", () => {
  test("holds their lines, and those of no account", () => {
    expect(onlyOfAccounts(text, ["one"]).split("\n")).toEqual([
      "# HELP a Things.",
      "# TYPE a counter",
      'a{vendor="v",account="one",action="x"} 1',
      'b{provider="one/uredis",state="UNKNOWN"} 1',
      'd{operation="other"} 1',
      "e 1",
      "",
    ]);
  });

  test("holds no line of any account where it sees none", () => {
    expect(onlyOfAccounts(text, [])).not.toMatch(/one|two/);
  });

  test("cannot be widened by what a vendor calls its instances", async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: "i",
      help: "h",
      labelNames: ["instance", "provider"],
      registers: [registry],
    });
    counter.inc({ instance: 'x",account="one', provider: "two/umem" });
    counter.inc({ instance: '{provider="two/x', provider: "one/umem" });
    const shown = onlyOfAccounts(await registry.metrics(), ["one"]);
    expect(shown).not.toContain("two/umem");
    expect(shown).toContain("one/umem");
  });
});
