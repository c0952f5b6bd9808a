import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { PairCounter } from "../../../src/server/observe/pairCounter.js";

test("a counter of two labels shows all that was counted, at each scrape anew", async () => {
  const registry = new Registry();
  const counter = new PairCounter({
    registry,
    name: "asked",
    help: "x",
    labels: ["vendor", "what"],
  });
  const shown = async () =>
    (await registry.getMetricsAsJSON())[0]?.values.map(({ labels, value }) => [
      labels["vendor"],
      labels["what"],
      value,
    ]);
  expect(await shown()).toEqual([]);
  counter.add("a", "x");
  counter.add("b", "x", 5);
  counter.add("a", "y", 2);
  counter.add("a", "x", 3);
  const once = [
    ["a", "x", 4],
    ["a", "y", 2],
    ["b", "x", 5],
  ];
  expect(await shown()).toEqual(once);
  expect(await shown()).toEqual(once);
  counter.add("a", "y");
  expect((await shown())?.[1]).toEqual(["a", "y", 3]);
});
