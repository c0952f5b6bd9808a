import { expect, test } from "vitest";
import type { CloudProduct } from "../../src/clouds/estate/regions.js";
import { ask } from "../server/harness.js";
import { startStack } from "../server/stack.js";
import { MOMENT } from "../stillClouds.js";

/** What was read exactly so long ago is still fresh. */
const TTL_MS = 30_000;

const QUERY = `query ($providers: [String!]) {
  backups(first: 1, filter: { providers: $providers }) { complete nodes { nativeId status } }
  coverage(rpo: "PT30M", filter: { providers: $providers }) {
    complete instances(first: 1) { nodes { coverage(rpo: "PT30M") { state lastSuccess { nativeId } } } }
  }
}`;

interface Shown {
  readonly backups: {
    readonly complete: boolean;
    readonly nodes: readonly { readonly nativeId: string; readonly status: string }[];
  };
  readonly coverage: {
    readonly complete: boolean;
    readonly instances: {
      readonly nodes: readonly {
        readonly coverage: {
          readonly state: string;
          readonly lastSuccess: { readonly nativeId: string } | null;
        };
      }[];
    };
  };
}

/** A gateway over one instance of each product, whose clock and clouds are controlled. */
async function begin(product: CloudProduct) {
  let ahead = 0;
  const now = () => MOMENT + ahead;
  const { url, clouds } = await startStack({
    clouds: { now, estate: { instances: 1, backupsEach: 3 }, upstream: { rate: 10_000 } },
    gateway: { now },
    server: { now },
  });
  const { control, estate } = clouds;
  const send = async (method: string, body: object) => {
    const answer = await fetch(`${control.url}/backups`, {
      method,
      headers: { "x-clouds-token": control.token },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { readonly nativeId: string };
  };
  const provider = estate.truth().find((row) => row.product === product)?.provider;
  const shown = async () => {
    const { body } = await ask(url, QUERY, {}, { providers: [provider] });
    expect(body.errors).toBeUndefined();
    const { backups, coverage } = body.data as unknown as Shown;
    expect([backups.complete, coverage.complete]).toEqual([true, true]);
    const [row] = backups.nodes;
    const [instance] = coverage.instances.nodes;
    return {
      newest: row?.nativeId,
      status: row?.status,
      state: instance?.coverage.state,
      lastSuccess: instance?.coverage.lastSuccess?.nativeId,
    };
  };
  const region = estate.regions[product][0] as string;
  const instanceNativeId = estate.instances(product, region)[0]?.nativeId;
  return {
    send,
    shown,
    place: { product, instanceNativeId },
    now,
    pass: (ms: number) => (ahead += ms),
  };
}

test.each([
  { product: "UCLOUD_UREDIS", running: "Backuping", ended: "Success", status: "SUCCEEDED" },
  { product: "UCLOUD_UREDIS", running: "Backuping", ended: "Error", status: "FAILED" },
  { product: "UCLOUD_UMEM", running: "Starting", ended: "Done", status: "SUCCEEDED" },
  { product: "TENCENT_REDIS", running: "1", ended: "2", status: "SUCCEEDED" },
  { product: "AWS_ELASTICACHE", running: "creating", ended: "available", status: "SUCCEEDED" },
  { product: "AWS_ELASTICACHE", running: "creating", ended: "failed", status: "FAILED" },
  {
    product: "AWS_ELASTICACHE_SERVERLESS",
    running: "creating",
    ended: "available",
    status: "SUCCEEDED",
  },
  { product: "AWS_MEMORYDB", running: "creating", ended: "available", status: "SUCCEEDED" },
  { product: "AWS_MEMORYDB", running: "creating", ended: "failed", status: "FAILED" },
] as const)(
  "a backup of $product that the control endpoint ends as $ended is $status within ttl",
  async ({ product, running, ended, status }) => {
    const { send, shown, place, now, pass } = await begin(product);
    const before = await shown();
    expect(before.state).toBe("VIOLATING");
    const startedAt = Math.floor(now() / 1_000) * 1_000 - 60_000;
    const given = { ...place, startedAt, status: running, finishedAt: null };
    const { nativeId } = await send("POST", given);
    pass(TTL_MS + 1);
    // AWS says when a snapshot started once it is made; until then it only counts as one under way.
    const isListed = !product.startsWith("AWS_");
    expect(await shown()).toMatchObject({
      newest: isListed ? nativeId : before.newest,
      status: isListed ? "RUNNING" : "SUCCEEDED",
      state: "UNKNOWN",
    });
    await send("PATCH", { ...place, nativeId, status: ended, finishedAt: startedAt + 50_000 });
    expect((await shown()).state).toBe("UNKNOWN");
    pass(TTL_MS + 1);
    const isGood = status === "SUCCEEDED";
    expect(await shown()).toEqual({
      newest: nativeId,
      status,
      state: isGood ? "PROTECTED" : "VIOLATING",
      lastSuccess: isGood ? nativeId : before.lastSuccess,
    });
  },
);

test.each(["ALIBABA_KVSTORE", "S3_RDB"] as const)(
  "a backup that the control endpoint adds to %s, which lists none under way, is seen within ttl",
  async (product) => {
    const { send, shown, place, now, pass } = await begin(product);
    expect((await shown()).state).toBe("VIOLATING");
    const startedAt = Math.floor(now() / 1_000) * 1_000 - 60_000;
    const { nativeId } = await send("POST", {
      ...place,
      startedAt,
      finishedAt: startedAt + 50_000,
    });
    pass(TTL_MS + 1);
    expect(await shown()).toEqual({
      newest: nativeId,
      status: "SUCCEEDED",
      state: "PROTECTED",
      lastSuccess: nativeId,
    });
  },
);
