import { expect, test } from "vitest";
import type { Account } from "../../src/domain/account.js";
import { VENDORS } from "../../src/domain/words.js";
import { VENDOR_DECLARATIONS, vendorOf } from "../../src/vendors/index.js";
import { alibabaAccount, awsAccount, tencentAccount, ucloudAccount } from "./accounts.js";

test("every vendor of the schema is declared once", () => {
  expect(VENDOR_DECLARATIONS.map(({ vendor }) => vendor).sort()).toEqual([...VENDORS].sort());
  expect(Object.isFrozen(VENDOR_DECLARATIONS)).toBe(true);
});

test.each([
  { account: alibabaAccount, vendor: "ALIBABA" },
  { account: awsAccount, vendor: "AWS" },
  { account: tencentAccount, vendor: "TENCENT" },
  { account: ucloudAccount, vendor: "UCLOUD" },
])("an account of $account.vendor is $vendor's", ({ account, vendor }) => {
  expect(vendorOf(account).vendor).toBe(vendor);
});

test("an account of nobody's is refused", () => {
  const account = { ...ucloudAccount, vendor: "acme" } as unknown as Account;
  expect(() => vendorOf(account)).toThrow(TypeError);
});
