import { readdirSync, readFileSync } from "node:fs";
import { getOperationAST, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { run, schema } from "./run.js";

const FOLDER = new URL("../../schema/operations/", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".graphql"));

describe("the committed operations", () => {
  test("are there", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "FailedBackups.graphql",
        "InstancesWithLatestBackup.graphql",
        "NewestBackups.graphql",
      ]),
    );
  });

  test.each(files)("%s fits the schema and is named as its file", (name) => {
    const document = parse(readFileSync(new URL(name, FOLDER), "utf8"));
    expect(validate(schema(), document)).toEqual([]);
    expect(getOperationAST(document)?.name?.value).toBe(name.replace(".graphql", ""));
  });

  test.each(["FailedBackups", "InstancesWithLatestBackup", "NewestBackups"])(
    "%s is answered without a fault, also with no variables",
    async (name) => {
      const source = readFileSync(new URL(`${name}.graphql`, FOLDER), "utf8");
      const { data, errors } = await run(source);
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).toContain("startedAt");
    },
  );
});
