import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const MUTATIONS = JSON.parse(readFileSync("scripts/mutations.json", "utf8")) as {
  name: string;
  file: string;
  from: string;
  to: string;
}[];

describe("the mutations", () => {
  test.each(MUTATIONS)("$name: the file contains its text exactly once", ({ file, from, to }) => {
    expect(readFileSync(file, "utf8").split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });
});
