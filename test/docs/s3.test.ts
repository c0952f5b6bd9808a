import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.js";
import type { S3Account } from "../../src/domain/account.js";
import { readKeyTemplate } from "../../src/domain/keyTemplate.js";
import { s3 } from "../../src/vendors/s3/index.js";

const page = readFileSync("docs/s3.md", "utf8");
const [, example = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];

const accountIn = (text: string): S3Account => {
  const [account] = loadConfig({ text, env: { S3_KEY: "k", S3_SECRET: "s" } }).accounts;
  return account as S3Account;
};

describe("the page on buckets", () => {
  test("has an example that loads", () => {
    expect(accountIn(example)).toMatchObject({ vendor: "s3", region: "eu-west-1" });
    expect(parse(example)).toHaveProperty("accounts");
  });

  test("has templates that are taken", () => {
    const templates = [...page.matchAll(/`([^`\n]*\{instance\}[^`\n]*\.rdb)`/g)];
    expect(templates.length).toBeGreaterThan(0);
    for (const [, template = ""] of templates) readKeyTemplate(template);
  });

  test("has the figures of the declaration, and computes with them", () => {
    const account = accountIn(example);
    const [product] = s3.products(account);
    const minutes = (product?.leastTtlMs ?? 0) / 60_000;
    expect(page).toContain(`fresh for ${minutes} minutes`);
    expect(page).toContain(`${s3.api(account).rate} calls per second`);
    const lists = 60 / minutes;
    expect(page).toContain(`calls per hour = ${lists} x`);
    const monthly = (calls: number) => ((calls * 24 * 30.44 * 0.005) / 1_000).toFixed(2);
    const few = lists * Math.ceil((50 * 30) / (product?.wide?.shape.page.max ?? 1));
    expect(page).toContain(`${few} calls an hour) cost 0.0`);
    expect(Number(monthly(few))).toBeCloseTo(0.05, 1);
    const many = lists * (1 + 300) + 20;
    expect(page).toContain(`${many.toLocaleString("en")} calls an hour) ${monthly(many)} USD`);
  });

  test("shows a policy for the permission that the declaration names", () => {
    const account = accountIn(example);
    const section = readFileSync("docs/permissions.md", "utf8").split("## S3 buckets")[1] ?? "";
    const [, json = "{}"] = /```json\n([^`]+)```/.exec(section) ?? [];
    const { Statement } = JSON.parse(json) as { Statement: { Action: string[] }[] };
    expect(Statement.flatMap(({ Action }) => Action)).toEqual([
      s3.api(account).permission("ListObjectsV2"),
      "s3:GetObject",
    ]);
  });
});
