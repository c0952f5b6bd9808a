import type { AlibabaAccount } from "../../domain/account.js";
import { SourceError } from "../../errors.js";
import type { Region } from "../../listing/declaration.js";
import { baseOf } from "../kit/endpoint.js";

const CENTRAL = "r-kvstore.aliyuncs.com";

/** Regions that the central host serves; the others have one of their own. */
const AT_CENTRAL = new Set([
  "cn-qingdao",
  "cn-beijing",
  "cn-wulanchabu",
  "cn-hangzhou",
  "cn-shanghai",
  "cn-heyuan",
  "cn-hangzhou-finance",
]);

/** Region ids become part of a host, so nothing else than their own letters may be in them. */
export const REGION_ID = /^[a-z0-9-]{1,40}$/;

/**
 * Where calls about a region go: the account's `endpoint`, else the host that DescribeRegions gave,
 * else the rule of the vendor's SDKs. DescribeBackups knows its region by the host alone.
 * @throws {SourceError} BAD_RESPONSE for a region that cannot be a part of a host.
 */
export function hostOf({ endpoint }: AlibabaAccount, region: Region | null): URL {
  const host = region === null ? CENTRAL : (region.endpoint ?? ruleFor(region.id));
  return baseOf(endpoint, `https://${host}`);
}

function ruleFor(region: string): string {
  if (!REGION_ID.test(region)) {
    throw new SourceError("BAD_RESPONSE", "The region's id cannot be a part of a host.");
  }
  return AT_CENTRAL.has(region) ? CENTRAL : `r-kvstore.${region}.aliyuncs.com`;
}
