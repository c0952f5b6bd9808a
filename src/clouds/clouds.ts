import { randomBytes } from "node:crypto";
import { accountsOf, DEMO_ACCOUNTS } from "./accounts.js";
import type { AccountVariants, CloudAccount } from "./accounts.js";
import { alibabaCloud } from "./alibaba/cloud.js";
import { elastiCacheCloud } from "./aws/elasticache.js";
import { memoryDbCloud } from "./aws/memorydb.js";
import { makeCallLog } from "./calls.js";
import type { CallLog, CallRecorder } from "./calls.js";
import { startControl } from "./control/control.js";
import { planDemo } from "./estate/demo/demo.js";
import { planPlain } from "./estate/plain.js";
import type { PlainSize } from "./estate/plain.js";
import { makeRandom } from "./estate/random.js";
import { CLOUD_PRODUCTS, REGIONS } from "./estate/regions.js";
import { makeEstate } from "./estate/store.js";
import type { Estate } from "./estate/types.js";
import { makeKnobs } from "./knobs/knobs.js";
import type { Knobs } from "./knobs/knobs.js";
import { startOrigin } from "./origin/origin.js";
import type { Listening } from "./origin/listen.js";
import { s3Account } from "./s3/account.js";
import { s3Cloud } from "./s3/cloud.js";
import { tencentV2Cloud } from "./tencent2/cloud.js";
import { tencent3Cloud } from "./tencent3/cloud.js";
import { ucloudCloud } from "./ucloud/cloud.js";
import { CLOUD_VENDORS } from "./vendorCloud.js";
import type { CloudVendor, VendorCloud } from "./vendorCloud.js";

export interface CloudsOptions extends AccountVariants {
  /** The seed of all ids and sizes. */
  readonly seed?: number;
  /** The clouds' clock, in epoch milliseconds. The data is placed around its first value. */
  readonly now?: () => number;
  /** Plain data of any size instead of the data with everything unusual. */
  readonly estate?: PlainSize;
  /** Host names besides loopback that a request may use, without a port. */
  readonly hosts?: readonly string[];
}

/** The running embedded clouds. */
export interface Clouds {
  /** Accounts whose endpoints are the origins of the clouds. */
  readonly accounts: readonly CloudAccount[];
  /** Base URLs of the vendors' origins, without a trailing slash. */
  readonly endpoints: Readonly<Record<CloudVendor, string>>;
  readonly estate: Estate;
  readonly knobs: Knobs;
  readonly calls: CallLog;
  /** The endpoint that changes knobs over HTTP, and its token. */
  readonly control: { readonly url: string; readonly token: string };
  /** Makes all rows now. Otherwise the first request for each list waits while its rows are made. */
  fill(): void;
  close(): Promise<void>;
}

/** The dialects of each vendor. */
const DIALECTS: Readonly<Record<CloudVendor, readonly VendorCloud[]>> = {
  ucloud: [ucloudCloud],
  tencent: [tencent3Cloud, tencentV2Cloud],
  alibaba: [alibabaCloud],
  aws: [elastiCacheCloud, memoryDbCloud],
  s3: [s3Cloud],
};

/**
 * Starts the embedded clouds: an origin for each vendor and the control endpoint, each on a free port
 * of 127.0.0.1.
 */
export async function startClouds(options: CloudsOptions = {}): Promise<Clouds> {
  const { seed = 1, now = Date.now } = options;
  const knobs = makeKnobs();
  const calls = makeCallLog();
  const estate = estateOf(options, knobs, { seed, now });
  const origins = await startOrigins({ estate, knobs, calls, seed, now }, options.hosts ?? []);
  const endpoints = Object.fromEntries(
    Object.entries(origins).map(([vendor, { url }]) => [vendor, url]),
  ) as Clouds["endpoints"];
  const token = randomBytes(24).toString("base64url");
  const control = await startControl({ estate, knobs, calls }, token);
  return {
    accounts: accountsAt(endpoints, options),
    endpoints,
    estate,
    knobs,
    calls,
    control: { url: control.url, token },
    fill: () => fill(estate),
    close: async () => {
      const servers = [...Object.values(origins), control];
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function fill(estate: Estate): void {
  for (const product of CLOUD_PRODUCTS)
    for (const region of REGIONS[product])
      estate.rows({ product, region, instance: null }, "newestFirst");
}

const accountsAt = (
  endpoints: Clouds["endpoints"],
  options: CloudsOptions,
): readonly CloudAccount[] => [...accountsOf(endpoints, options), s3Account(endpoints.s3, options)];

/** The accounts of the demo, without clouds behind their endpoints. */
export function demoAccounts(): readonly CloudAccount[] {
  const nowhere = CLOUD_VENDORS.map((vendor) => [vendor, "http://127.0.0.1:1"]);
  return accountsAt(Object.fromEntries(nowhere) as Clouds["endpoints"], {});
}

function estateOf(
  options: CloudsOptions,
  knobs: Knobs,
  { seed, now }: { readonly seed: number; readonly now: () => number },
): Estate {
  const size = options.estate;
  return makeEstate({
    planned: size === undefined ? planDemo(seed, now()) : planPlain(seed, now(), size),
    regions: REGIONS,
    now,
    view: () => ({
      accounts: DEMO_ACCOUNTS,
      tencentApi: options.tencentApi ?? "3.0",
      tencentStatuses: knobs.values.tencent.statuses,
      ucloudWide: knobs.values.ucloud.wide,
    }),
  });
}

async function startOrigins(
  shared: {
    readonly estate: Estate;
    readonly knobs: Knobs;
    readonly calls: CallRecorder;
    readonly seed: number;
    readonly now: () => number;
  },
  hosts: readonly string[],
): Promise<Record<CloudVendor, Listening>> {
  const started = CLOUD_VENDORS.map(async (vendor, index): Promise<[CloudVendor, Listening]> => {
    const origin = await startOrigin({
      ...shared,
      vendor,
      dialects: DIALECTS[vendor],
      random: makeRandom(shared.seed + index),
      hosts: new Set(hosts),
    });
    return [vendor, origin];
  });
  return Object.fromEntries(await Promise.all(started)) as Record<CloudVendor, Listening>;
}
