import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CloudProduct } from "../../src/clouds/estate/regions.js";
import type { EstateInstance, TrueBackup } from "../../src/clouds/estate/types.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import { makeStack, type Stack } from "../server/stack.js";
import { ask } from "../server/harness.js";
import { MOMENT } from "../stillClouds.js";

let stack: Stack;
let ahead = 0;
beforeAll(async () => {
  const now = () => MOMENT + ahead;
  stack = await makeStack({
    clouds: { upstream: { retries: 0, rate: 10_000, concurrency: 64 } },
    gateway: { now },
    server: { now },
  });
});
afterEach(() => {
  stack.clouds.knobs.reset();
  ahead += 31_000;
});
afterAll(() => stack.close());

/** A list whose only backup is under way and has no start yet. */
interface StartingList {
  readonly vendor: CloudVendor;
  readonly action: string;
  readonly product: CloudProduct;
  readonly provider: string;
  readonly bodyFor: (nativeId: string) => object;
  /** The answer to the second page, where the vendor counts no rows and is asked for one. */
  readonly beyond?: object;
}

const LISTS: readonly StartingList[] = [
  {
    vendor: "ucloud",
    action: "DescribeUMemBackup",
    product: "UCLOUD_UMEM",
    provider: "demo-ucloud/umem",
    bodyFor: () => ({
      RetCode: 0,
      Action: "DescribeUMemBackupResponse",
      TotalCount: 1,
      DataSet: [{ BackupId: "b-1", BackupType: "manual", State: "Starting", BlockCount: 1 }],
    }),
  },
  {
    vendor: "ucloud",
    action: "DescribeURedisBackup",
    product: "UCLOUD_UREDIS",
    provider: "demo-ucloud/uredis",
    bodyFor: (GroupId) => ({
      RetCode: 0,
      Action: "DescribeURedisBackupResponse",
      TotalCount: 1,
      DataSet: [{ BackupId: "b-1", GroupId, State: "Backuping" }],
    }),
  },
  {
    vendor: "alibaba",
    action: "DescribeClusterBackupList",
    product: "ALIBABA_KVSTORE",
    provider: "demo-alibaba/kvstore",
    bodyFor: () => ({
      MaxResults: 1,
      PageNumber: 1,
      PageSize: 300,
      ClusterBackups: [
        { ClusterBackupId: "cb-1", ClusterBackupStatus: "RUNNING", Progress: "3%", Backups: [] },
      ],
    }),
    beyond: { MaxResults: 0, PageNumber: 2, PageSize: 300, ClusterBackups: [] },
  },
  {
    vendor: "tencent",
    action: "DescribeInstanceBackups",
    product: "TENCENT_REDIS",
    provider: "demo-tencent/redis",
    bodyFor: (InstanceId) => ({
      Response: {
        TotalCount: 1,
        BackupSet: [{ BackupId: "b-1", InstanceId, Status: 1 }],
        RequestId: "r",
      },
    }),
  },
];

const QUERY = `query ($providers: [String!], $nativeIds: [String!]) {
  coverage(rpo: "PT24H", filter: { providers: $providers, nativeIds: $nativeIds }) {
    complete violatingCount unknownCount issues { message }
    instances { nodes {
      coverage(rpo: "PT24H") { state reason }
      backups { complete nodes { id } issues { message } }
    } }
  }
}`;

test.each(LISTS)(
  "a backup that $vendor runs and shows without a start in $action makes its instance unknown",
  async ({ vendor, action, product, provider, bodyFor, beyond = {} }) => {
    const { estate } = stack.clouds;
    const { region } = estate.truth().find((one) => one.provider === provider) as TrueBackup;
    const isListed = (one: EstateInstance): boolean =>
      action !== "DescribeClusterBackupList" ||
      ("architecture" in one && one.architecture === "cluster" && one.cloudNative);
    const { nativeId } = estate.instances(product, region).find(isListed) as EstateInstance;
    const body = JSON.stringify(bodyFor(nativeId));
    const { faults } = stack.clouds.knobs;
    const next = { kind: "body", body: JSON.stringify(beyond) } as const;
    // The first fault that matches applies.
    faults.add({ vendor, action, fromPage: 2, effect: next });
    faults.add({ vendor, action, effect: { kind: "body", body } });
    const variables = { providers: [provider], nativeIds: [nativeId] };
    const answer = await ask(stack.url, QUERY, {}, variables);
    expect(answer.body).toEqual({
      data: {
        coverage: {
          complete: true,
          violatingCount: 0,
          unknownCount: 1,
          issues: [],
          instances: {
            nodes: [
              {
                coverage: { state: "UNKNOWN", reason: "A backup within the RPO is RUNNING." },
                backups: { complete: true, nodes: [], issues: [] },
              },
            ],
          },
        },
      },
    });
  },
);
