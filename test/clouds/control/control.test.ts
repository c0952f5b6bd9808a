import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startClouds } from "../../../src/clouds/clouds.js";
import type { Clouds } from "../../../src/clouds/clouds.js";
import { askUCloud, NOW, rowsIn } from "../wire.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ now: () => NOW });
});
afterAll(() => clouds.close());
afterEach(() => ask("POST", "/reset"));

async function ask(method: string, path: string, body?: unknown, token?: string | null) {
  const headers: Record<string, string> =
    token === null ? {} : { "x-clouds-token": token ?? clouds.control.token };
  const response = await fetch(clouds.control.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
  return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
}

describe("access keys", () => {
  const NEW = { id: "new-public-key", secret: "new-private-key" };

  test.each([
    { what: "another key alone", keys: [NEW], retCode: 172 },
    {
      what: "another key besides the first",
      keys: [NEW, { id: "demo-ucloud-public-key", secret: "demo-ucloud-private-key", token: null }],
      retCode: 0,
    },
  ])("can be replaced: $what", async ({ keys, retCode }) => {
    expect((await ask("POST", "/keys", { vendor: "ucloud", keys })).status).toBe(200);
    expect((await askUCloud(clouds, { Action: "GetRegion" })).RetCode).toBe(retCode);
    await ask("POST", "/reset");
    expect((await askUCloud(clouds, { Action: "GetRegion" })).RetCode).toBe(0);
  });

  test("without an id are refused", async () => {
    const keys = [{ secret: "x" }];
    expect((await ask("POST", "/keys", { vendor: "ucloud", keys })).status).toBe(400);
  });
});

describe("who may turn knobs", () => {
  test.each([
    { what: "no token", token: null },
    { what: "another token", token: "x".repeat(32) },
    { what: "an empty token", token: "" },
  ])("$what gets 401, and nothing is turned", async ({ token }) => {
    const knobs = { vendor: "all", knobs: { latencyMs: 5 } };
    expect((await ask("POST", "/knobs", knobs, token)).status).toBe(401);
    expect(clouds.knobs.values.ucloud.latencyMs).toBe(0);
  });

  test("a host that is not loopback gets 421, with the right token too", async () => {
    const headers = { host: "evil.example", "x-clouds-token": clouds.control.token };
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${clouds.control.url}/knobs`,
        { headers, agent: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.on("error", reject);
      sent.end();
    });
    expect(status).toBe(421);
  });

  test("tokens are long and new at every start", async () => {
    const other = await startClouds({ now: () => NOW, estate: { instances: 1, backupsEach: 1 } });
    await other.close();
    expect(other.control.token).toMatch(/^[\w-]{32}$/);
    expect(other.control.token).not.toBe(clouds.control.token);
  });
});

describe("routes", () => {
  test("a knob is turned for one vendor or for all", async () => {
    await ask("POST", "/knobs", { vendor: "ucloud", knobs: { wide: "refused", pageCap: 3 } });
    await ask("POST", "/knobs", { vendor: "all", knobs: { order: "shuffled" } });
    expect((await ask("GET", "/knobs")).body).toMatchObject({
      ucloud: { wide: "refused", pageCap: 3, order: "shuffled" },
      alibaba: { order: "shuffled", pageCap: null },
    });
  });

  test.each([
    { what: "an unknown knob", input: { vendor: "ucloud", knobs: { wid: "refused" } } },
    { what: "another vendor's knob", input: { vendor: "tencent", knobs: { wide: "refused" } } },
    { what: "an unknown order", input: { vendor: "all", knobs: { order: "random" } } },
    { what: "no body", input: undefined },
  ])("$what is refused in words", async ({ input }) => {
    const { status, body } = await ask("POST", "/knobs", input);
    expect(status).toBe(400);
    expect(body).toEqual(expect.any(String));
  });

  test("a body that is no JSON is refused", async () => {
    const response = await fetch(`${clouds.control.url}/knobs`, {
      method: "POST",
      headers: { "x-clouds-token": clouds.control.token },
      body: "{",
    });
    expect(response.status).toBe(400);
  });

  test.each(["GET /nothing", "PUT /knobs", "GET /constructor"])(
    "%s is not found",
    async (route) => {
      const [method, path] = route.split(" ") as [string, string];
      expect((await ask(method, path)).status).toBe(404);
    },
  );

  test("a fault is added, listed with how often it was met, and cleared", async () => {
    const effect = { kind: "vendorError", code: "150" };
    const added = await ask("POST", "/faults", { vendor: "ucloud", action: "GetRegion", effect });
    expect(added).toMatchObject({ status: 200, body: { id: expect.any(String) } });
    expect(await askUCloud(clouds, { Action: "GetRegion" })).toMatchObject({ RetCode: 150 });
    expect((await ask("GET", "/faults")).body).toMatchObject([{ met: 1, effect }]);
    await ask("DELETE", "/faults");
    expect(await askUCloud(clouds, { Action: "GetRegion" })).toMatchObject({ RetCode: 0 });
  });

  test("a backup is inserted, seen by a client, and deleted", async () => {
    const [instance] = clouds.estate.instances("UCLOUD_UREDIS", "hk");
    const instanceNativeId = instance?.nativeId ?? "";
    const given = { product: "UCLOUD_UREDIS", instanceNativeId, startedAt: NOW, status: "Error" };
    const { body: row } = await ask("POST", "/backups", given);
    const { nativeId } = row as { nativeId: string };
    const list = { Action: "DescribeURedisBackup", Region: "hk", RegionType: "normal", Limit: 100 };
    const ids = async () =>
      rowsIn(await askUCloud(clouds, list), "DataSet").map(({ BackupId }) => BackupId);
    expect(await ids()).toContain(nativeId);
    const { body: truth } = await ask("GET", "/truth");
    expect(truth).toContainEqual(expect.objectContaining({ nativeId, status: "FAILED" }));
    const ref = { product: "UCLOUD_UREDIS", instanceNativeId, nativeId };
    expect((await ask("DELETE", "/backups", ref)).body).toEqual({ deleted: true });
    expect(await ids()).not.toContain(nativeId);
    expect((await ask("DELETE", "/backups", ref)).body).toEqual({ deleted: false });
  });

  test("a backup of an unknown instance is refused", async () => {
    const given = { product: "UCLOUD_UREDIS", instanceNativeId: "none", startedAt: NOW };
    expect(await ask("POST", "/backups", given)).toEqual({
      status: 400,
      body: "No instance none.\n",
    });
  });

  test("calls are counted, and forgotten", async () => {
    await askUCloud(clouds, { Action: "GetRegion" });
    expect((await ask("GET", "/calls")).body).toMatchObject({
      counts: { "ucloud GetRegion": 1 },
      entries: [{ action: "GetRegion", outcome: "answered" }],
    });
    await ask("DELETE", "/calls");
    expect((await ask("GET", "/calls")).body).toEqual({ counts: {}, entries: [] });
  });

  test("instances are those that the vendors list", async () => {
    const { body } = await ask("GET", "/instances");
    expect(body).toHaveLength(
      Object.entries(clouds.estate.regions)
        .flatMap(([product, regions]) =>
          regions.map((region) => clouds.estate.instances(product as "UCLOUD_UMEM", region).length),
        )
        .reduce((sum, count) => sum + count, 0),
    );
  });
});
