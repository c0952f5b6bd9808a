import type { Account } from "../src/domain/account.js";

/** An account of the embedded clouds as the config file has it, with other credentials if they are given. */
export function fileAccountOf(
  account: Account,
  credentials: object = account.credentials,
): Record<string, unknown> {
  const { id, vendor, endpoint } = account;
  const given = Object.entries(credentials).filter(([, value]) => value !== null);
  return { id, vendor, endpoint, ...placesOf(account), credentials: Object.fromEntries(given) };
}

/** What an account reads: its regions, or the buckets of S3. */
function placesOf(account: Account): Record<string, unknown> {
  if (account.vendor !== "s3") return account.regions === null ? {} : { regions: account.regions };
  const buckets = account.buckets.map(({ shards, ...bucket }) => ({
    ...bucket,
    ...(shards === null ? {} : { shards }),
  }));
  return { region: account.region, buckets };
}
