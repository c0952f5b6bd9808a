import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  makeLabelOf,
  OTHER,
  readOperationNames,
} from "../../../src/server/observe/operationNames.js";

describe("the names of operations", () => {
  test("are those of the operations that come with the gateway", () => {
    const names = readOperationNames();
    for (const name of ["NewestBackups", "FailedBackups", "InstancesWithLatestBackup"])
      expect(names).toContain(name);
  });

  test("are read from every operation of every file, and from nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "operations-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "a.graphql"), "query A { x } query B { x } fragment F on T { x }");
    writeFileSync(join(folder, "b.graphql"), "{ x }");
    writeFileSync(join(folder, "c.txt"), "query C { x }");
    const names = readOperationNames(pathToFileURL(`${folder}/`));
    expect([...names]).toEqual(["A", "B"]);
  });

  test("are labels only where they are known", () => {
    const labelOf = makeLabelOf(new Set(["A"]));
    expect([labelOf("A"), labelOf("a"), labelOf("constructor"), labelOf(null)]).toEqual([
      "A",
      OTHER,
      OTHER,
      OTHER,
    ]);
  });
});
