import type { Account } from "../domain/account.js";
import type { VendorDeclaration } from "../listing/declaration.js";
import { alibaba } from "./alibaba/index.js";
import { aws } from "./aws/index.js";
import { s3 } from "./s3/index.js";
import { tencent } from "./tencent/index.js";
import { ucloud } from "./ucloud/index.js";

/** Every vendor that an account may name. */
export const VENDOR_DECLARATIONS: readonly VendorDeclaration[] = Object.freeze<VendorDeclaration[]>(
  [alibaba, aws, s3, tencent, ucloud],
);

/** The declaration of an account's vendor. */
export function vendorOf(account: Account): VendorDeclaration {
  const found = VENDOR_DECLARATIONS.find((vendor) => vendor.account === account.vendor);
  if (found === undefined) throw new TypeError(`No vendor is called ${account.vendor}.`);
  return found;
}
