import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import { makeStack, type Stack } from "../server/stack.js";
import { ask } from "../server/harness.js";
import { nativeIdsOf, pagesOf } from "./graphqlWalk.js";

let stack: Stack;
beforeEach(async () => {
  stack = await makeStack({
    clouds: {
      estate: { instances: 25, regions: 1, backupsEach: 1 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
  });
});
afterEach(() => stack.close());

const VENDORS = {
  ucloud: "UCLOUD",
  tencent: "TENCENT",
  alibaba: "ALIBABA",
  aws: "AWS",
  s3: "S3",
} as const;

/** The vendors' instance lists, and an answer that counts three instances and shows none. */
const LISTS = [
  {
    vendor: "alibaba",
    action: "DescribeInstances",
    body: { TotalCount: 3, PageNumber: 1, PageSize: 50, Instances: { KVStoreInstance: [] } },
  },
  {
    vendor: "tencent",
    action: "DescribeInstances",
    body: { Response: { TotalCount: 3, InstanceSet: [], RequestId: "r" } },
  },
  {
    vendor: "ucloud",
    action: "DescribeURedisGroup",
    body: { Action: "DescribeURedisGroupResponse", RetCode: 0, TotalCount: 3, DataSet: [] },
  },
  {
    vendor: "ucloud",
    action: "DescribeUMemSpace",
    body: { Action: "DescribeUMemSpaceResponse", RetCode: 0, TotalCount: 3, DataSet: [] },
  },
] as const;

const QUERY = `query ($vendors: [VendorSelector!]) {
  instances(first: 200, filter: { vendors: $vendors }) {
    complete nodes { nativeId } issues { code message }
  }
  coverage(rpo: "PT24H", filter: { vendors: $vendors }) {
    complete protectedCount violatingCount unknownCount issues { code message }
  }
}`;

interface Answer {
  readonly instances: {
    readonly complete: boolean;
    readonly nodes: readonly { nativeId: string }[];
    readonly issues: readonly { code: string; message: string }[];
  };
  readonly coverage: {
    readonly complete: boolean;
    readonly protectedCount: number;
    readonly violatingCount: number;
    readonly unknownCount: number;
    readonly issues: readonly { code: string; message: string }[];
  };
}

async function instancesOf(vendor: CloudVendor): Promise<Answer> {
  const { body } = await ask(stack.url, QUERY, {}, { vendors: [VENDORS[vendor]] });
  expect(body.errors).toBeUndefined();
  return body.data as unknown as Answer;
}

const SHORT = { code: "SHORT", message: "The vendor counts 3, its pages show 0." };

describe.each(LISTS)("$action of $vendor", ({ vendor, action, body }) => {
  const effect = { kind: "body" as const, body: JSON.stringify(body) };
  const others = vendor === "ucloud" ? 25 : 0;

  test("that always counts three instances and shows none is short", async () => {
    stack.clouds.knobs.faults.add({ vendor, action, effect });
    const { instances, coverage } = await instancesOf(vendor);
    // The vendor has two regions.
    expect(instances).toMatchObject({ complete: false, issues: [SHORT, SHORT] });
    expect(instances.nodes).toHaveLength(others);
    expect(coverage).toMatchObject({ complete: false, unknownCount: 2, issues: [SHORT, SHORT] });
  });

  test("that shows none once is asked again", async () => {
    stack.clouds.knobs.faults.add({ vendor, action, times: 1, effect });
    const { instances, coverage } = await instancesOf(vendor);
    expect(instances).toMatchObject({ complete: true, issues: [] });
    expect(instances.nodes).toHaveLength(others + 25);
    expect(coverage).toMatchObject({ complete: true, unknownCount: 0 });
  });
});

test.each(CLOUD_VENDORS)(
  "25 instances and backups of %s come whole through pages of 10, whatever is requested",
  async (vendor) => {
    stack.clouds.knobs.setAll({ pageCap: 10 });
    const { instances } = await instancesOf(vendor);
    expect(instances).toMatchObject({ complete: true, issues: [] });
    const products = CLOUD_PRODUCTS.filter((product) => product.startsWith(`${VENDORS[vendor]}_`));
    expect(instances.nodes).toHaveLength(products.length * 25);
    const truth = stack.clouds.estate
      .truth()
      .filter(({ provider }) => provider.startsWith(`demo-${vendor}/`))
      .map(({ nativeId }) => nativeId);
    const pages = await pagesOf(stack.url, { first: 200, filter: { vendors: [VENDORS[vendor]] } });
    expect(nativeIdsOf(pages).sort()).toEqual(truth.sort());
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  },
);
