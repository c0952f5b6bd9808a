import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../../src/clouds/accounts.js";
import { bucketsOf, DEMO_BUCKETS } from "../../../src/clouds/s3/objects.js";
import type { S3Account } from "../../../src/domain/account.js";
import type { Backup } from "../../../src/domain/backup.js";
import { presignedV4 } from "../../../src/vendors/kit/sigv4.js";
import { urlOf } from "../../../src/vendors/s3/api.js";
import { BACKUPS, gatewayOver, readsOf } from "../../estate/gateway.js";
import { wanted } from "../../wantedPage.js";
import { embeddedClouds, peerModule, rejectionOf, skipWithout } from "./peer.js";

type Sdk = typeof import("@aws-sdk/client-s3");
type Presigner = typeof import("@aws-sdk/s3-request-presigner");

const sdk = peerModule<Sdk>("@aws-sdk/client-s3");
const presigner = peerModule<Presigner>("@aws-sdk/s3-request-presigner");
skipWithout(sdk);

const clouds = embeddedClouds();

const { id, secret } = DEMO_KEYS.s3;

const clientOf = (changes: { region?: string; secret?: string; endpoint?: string } = {}) =>
  new sdk!.S3Client({
    endpoint: changes.endpoint ?? clouds().endpoints.s3,
    region: changes.region ?? "eu-west-1",
    credentials: { accessKeyId: id, secretAccessKey: changes.secret ?? secret },
    forcePathStyle: true,
    maxAttempts: 1,
  });

/** The keys of a bucket, in the order of their bytes. */
function keysOf(bucket: string): string[] {
  const scope = { product: "S3_RDB", region: "eu-west-1", instance: null } as const;
  const objects = bucketsOf(clouds().estate.rows(scope, "newestFirst")).get(bucket) ?? [];
  return objects.map(({ key }) => key);
}

async function pagesOf(
  params: { Bucket: string; Prefix?: string; Delimiter?: string },
  pageSize = 1000,
) {
  const found: { keys: string[]; prefixes: string[] } = { keys: [], prefixes: [] };
  let pages = 0;
  for await (const page of sdk!.paginateListObjectsV2({ client: clientOf(), pageSize }, params)) {
    pages += 1;
    found.keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    found.prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix));
  }
  return { ...found, pages };
}

describe.each(["aws", "minio", "ceph"] as const)(
  "the official SDK over a store like %s",
  (store) => {
    test.each(DEMO_BUCKETS.map(({ name }) => name))("walks the bucket %s", async (Bucket) => {
      clouds().knobs.set("s3", { store });
      const all = keysOf(Bucket);
      expect((await pagesOf({ Bucket })).keys).toEqual(all);
      const { keys, pages } = await pagesOf({ Bucket }, 7);
      expect([keys, pages]).toEqual([all, Math.ceil(all.length / 7)]);
    });

    test("lists common prefixes, each once, whatever the size of a page", async () => {
      clouds().knobs.set("s3", { store });
      const under = keysOf("redis-dumps").map((key) => key.slice("prod/".length));
      const folders = new Set(
        under.filter((key) => key.includes("/")).map((key) => key.split("/")[0]),
      );
      const params = { Bucket: "redis-dumps", Prefix: "prod/", Delimiter: "/" };
      for (const size of [1000, 3, 1]) {
        const { keys, prefixes } = await pagesOf(params, size);
        expect(prefixes).toEqual([...folders].map((name) => `prod/${name}/`));
        expect(keys).toEqual(["prod/README.md"]);
      }
    });
  },
);

describe("the official SDK", () => {
  test("reads sizes, times and classes as they are", async () => {
    const truth = clouds()
      .estate.truth()
      .filter(({ nativeId }) => nativeId.startsWith("redis-exports/"));
    const { Contents = [] } = await clientOf().send(
      new sdk!.ListObjectsV2Command({ Bucket: "redis-exports" }),
    );
    expect(
      Contents.map(({ Key, Size, LastModified }) => [
        `redis-exports/${Key}`,
        Size,
        LastModified?.getTime(),
      ]).sort(),
    ).toEqual(
      truth.map(({ nativeId, sizeBytes, startedAt }) => [nativeId, sizeBytes, startedAt]).sort(),
    );
  });

  test("begins behind a key", async () => {
    const all = keysOf("redis-clusters");
    const { Contents = [] } = await clientOf().send(
      new sdk!.ListObjectsV2Command({
        Bucket: "redis-clusters",
        StartAfter: all[4],
        MaxKeys: 2,
        EncodingType: "url",
      }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual(all.slice(5, 7));
  });

  test.each([
    { what: "a wrong secret", client: { secret: "wrong" }, code: "SignatureDoesNotMatch" },
    {
      what: "another region",
      client: { region: "us-west-2" },
      code: "AuthorizationHeaderMalformed",
    },
  ])("is refused for $what", async ({ client, code }) => {
    const error = await rejectionOf(
      clientOf(client).send(new sdk!.ListObjectsV2Command({ Bucket: "redis-dumps" })),
    );
    expect(error["name"]).toBe(code);
  });

  test("meets the errors of buckets and objects", async () => {
    const client = clientOf();
    const list = (Bucket: string) =>
      rejectionOf(client.send(new sdk!.ListObjectsV2Command({ Bucket })));
    const get = (Key: string) =>
      rejectionOf(client.send(new sdk!.GetObjectCommand({ Bucket: "redis-dumps", Key })));
    expect(await list("missing-bucket")).toMatchObject({ name: "NoSuchBucket" });
    expect(await get("missing")).toMatchObject({ name: "NoSuchKey" });
    const archived = clouds()
      .estate.rows({ product: "S3_RDB", region: "eu-west-1", instance: "ledger" }, "newestFirst")
      .find(({ status }) => status === "GLACIER");
    const key = (archived?.nativeId ?? "").replace("redis-dumps/", "");
    expect(await get(key)).toMatchObject({ name: "InvalidObjectState" });
    clouds().knobs.set("s3", { throttle: { perSecond: 0 } });
    expect(await list("redis-dumps")).toMatchObject({ name: "SlowDown" });
    clouds().knobs.reset();
    clouds().knobs.set("s3", { movedTo: "us-west-2" });
    expect(await list("redis-dumps")).toMatchObject({ name: "PermanentRedirect" });
  });
});

describe("our links", () => {
  const accountOf = () => clouds().accounts.find(({ vendor }) => vendor === "s3") as S3Account;

  test("open, and give what the SDK downloads", async () => {
    const gateway = gatewayOver(clouds(), { accounts: [accountOf()] });
    const page = wanted({ first: 200 });
    const { edges } = await readsOf(gateway).backups({ ...BACKUPS, page });
    const rows = edges
      .map(({ node }) => node)
      .filter(({ nativeId }) => !nativeId.includes("ticker"));
    let opened = 0;
    for (const row of rows.filter(({ status }) => status === "SUCCEEDED").slice(0, 25)) {
      const links = await readsOf(gateway).downloads(row as Backup);
      for (const { url, shard } of links) {
        const answer = await fetch(url);
        const Key = row.nativeId
          .slice(row.nativeId.indexOf("/") + 1)
          .replace("{shard}", shard ?? "");
        const Bucket = row.nativeId.split("/")[0];
        const { Body } = await clientOf().send(new sdk!.GetObjectCommand({ Bucket, Key }));
        expect([answer.status, await answer.text()]).toEqual([
          200,
          await Body?.transformToString(),
        ]);
        opened += 1;
      }
    }
    expect(opened).toBeGreaterThan(20);
    await gateway.close();
  });

  test.each([
    "prod/orders/20261129T030000Z-0.rdb",
    "prod/a b+c/ü%41'(*)!~=&?#@:$,;\"<>\\^`{|}.rdb",
    "prod//x",
  ])("have the signature of the SDK's presigner for %j", async (Key) => {
    const now = Date.UTC(2026, 10, 29, 3);
    for (const sessionToken of [null, "to/k+e=n"]) {
      const credentials = { accessKeyId: id, secretAccessKey: secret, sessionToken };
      const client = new sdk!.S3Client({
        region: "eu-west-1",
        credentials: {
          ...credentials,
          ...(sessionToken === null ? { sessionToken: undefined } : { sessionToken }),
        } as never,
        forcePathStyle: true,
      });
      const command = new sdk!.GetObjectCommand({ Bucket: "redis-dumps", Key });
      const theirs = new URL(
        await presigner!.getSignedUrl(client as never, command as never, {
          expiresIn: 900,
          signingDate: new Date(now),
        }),
      );
      const layout = { name: "redis-dumps", addressing: "path" } as const;
      const url = urlOf({ endpoint: null, region: "eu-west-1" }, layout, Key);
      expect(url.origin + url.pathname).toBe(theirs.origin + theirs.pathname);
      // The SDK adds parameters that no server needs.
      const query = Object.fromEntries(
        [...theirs.searchParams].filter(([name]) => !/^X-Amz-(?!Content)/.test(name)),
      );
      const request = {
        method: "GET",
        url,
        query,
        headers: {},
        scope: { service: "s3", region: "eu-west-1" },
      } as const;
      const ours = new URL(presignedV4(request, credentials, { now, expiresSeconds: 900 }));
      expect(Object.fromEntries(ours.searchParams)).toEqual(
        Object.fromEntries(theirs.searchParams),
      );
    }
  });
});
