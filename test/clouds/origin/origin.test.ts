import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startClouds } from "../../../src/clouds/clouds.js";
import type { Clouds } from "../../../src/clouds/clouds.js";
import type { FaultEffect } from "../../../src/clouds/knobs/faults.js";
import { askTencent, askUCloud, codeOf, NOW, originOf, rowsIn, signedUCloud } from "../wire.js";

let clouds: Clouds;
beforeEach(async () => {
  clouds = await startClouds({ now: () => NOW, hosts: ["redis.tencentcloudapi.com"] });
});
afterEach(() => clouds.close());

const GROUPS = { Action: "DescribeURedisGroup", Region: "hk" };
const WIDE = { Action: "DescribeURedisBackup", Region: "cn-bj2", RegionType: "normal", Limit: 10 };

/** The raw answer of UCloud's origin. */
const fetchGroups = (init: RequestInit = {}): Promise<Response> =>
  fetch(`${originOf(clouds, "ucloud")}/?${new URLSearchParams(signedUCloud(GROUPS))}`, init);

/** The status that a request with a `Host` of its own gets. */
const statusFor = (url: string, host: string, path = "/"): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(url + path, { headers: { host }, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });

describe("who is answered", () => {
  test.each([
    { host: "127.0.0.1:9", status: 200 },
    { host: "LOCALHOST", status: 200 },
    { host: "[::1]:80", status: 200 },
    { host: "redis.tencentcloudapi.com:4000", status: 200 },
    { host: "evil.example", status: 421 },
    { host: "127.0.0.1.evil.example", status: 421 },
  ])("Host '$host' gets $status", async ({ host, status }) => {
    expect(await statusFor(originOf(clouds, "tencent"), host)).toBe(status);
  });

  test("a path that no API has gets 404", async () => {
    expect(await statusFor(originOf(clouds, "ucloud"), "localhost", "/v2/index.php")).toBe(404);
  });

  test("a body larger than any call gets 413", async () => {
    const response = await fetch(originOf(clouds, "ucloud"), {
      method: "POST",
      body: "x".repeat(3_000_000),
    });
    expect(response.status).toBe(413);
  });
});

describe("faults", () => {
  const meet = (effect: FaultEffect) =>
    clouds.knobs.faults.add({ vendor: "ucloud", action: GROUPS.Action, effect });

  test("an HTTP status comes without anything that the vendor would say", async () => {
    meet({ kind: "status", status: 503 });
    const response = await fetchGroups();
    expect([response.status, await response.text()]).toEqual([503, "The server met an error.\n"]);
  });

  test("the vendor's own error comes in its own body", async () => {
    meet({ kind: "vendorError", code: "150", message: "unavailable" });
    expect(await askUCloud(clouds, GROUPS)).toEqual({
      RetCode: 150,
      Message: "unavailable",
      Action: "DescribeURedisGroupResponse",
    });
  });

  test.each([
    { effect: { kind: "html" }, type: "text/html; charset=utf-8", begins: "<!doctype" },
    {
      effect: { kind: "body", body: "null" },
      type: "application/json; charset=utf-8",
      begins: "null",
    },
  ] as const)("HTTP 200 with $effect.kind", async ({ effect, type, begins }) => {
    meet(effect);
    const response = await fetchGroups();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    expect((await response.text()).slice(0, begins.length)).toBe(begins);
  });

  test("a short body is whole for HTTP, and no JSON", async () => {
    const whole = await (await fetchGroups()).text();
    meet({ kind: "shortBody" });
    const short = await (await fetchGroups()).text();
    expect(short).toBe(whole.slice(0, Math.floor(whole.length / 2)));
    expect(() => JSON.parse(short)).toThrow(SyntaxError);
  });

  test("half a body ends with the connection", async () => {
    meet({ kind: "halfBody" });
    const response = await fetchGroups();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test("a reset comes before any answer", async () => {
    meet({ kind: "reset" });
    await expect(fetchGroups()).rejects.toThrow();
  });

  test("an endless body goes on until the reader leaves", async () => {
    meet({ kind: "endless" });
    const leaving = new AbortController();
    const response = await fetchGroups({ signal: leaving.signal });
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > 4_000_000) leaving.abort();
      }
    };
    await expect(read()).rejects.toThrow();
    expect(bytes).toBeGreaterThan(4_000_000);
  });

  test("a redirect names where it leads", async () => {
    meet({ kind: "redirect", location: "http://evil.example/" });
    const response = await fetchGroups({ redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      "http://evil.example/",
    ]);
  });

  test("a hanging call is answered by nobody, and closing the clouds ends it", async () => {
    meet({ kind: "hang" });
    const arrived = new Promise<void>((resolve) => {
      clouds.knobs.hook = () => resolve();
    });
    const ended = expect(fetchGroups()).rejects.toThrow();
    await arrived;
    await clouds.close();
    await ended;
  });

  test("a fault is met so many times, then the call goes well", async () => {
    const effect = { kind: "vendorError", code: "130" } as const;
    clouds.knobs.faults.add({ vendor: "ucloud", times: 2, effect });
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push((await askUCloud(clouds, GROUPS)).RetCode);
    expect(codes).toEqual([130, 130, 0]);
    expect(clouds.knobs.faults.list()).toMatchObject([{ met: 2 }]);
  });

  test("a fault can begin with a page and hold for one region, instance or vendor", async () => {
    const effect = { kind: "vendorError", code: "130" } as const;
    clouds.knobs.faults.add({ vendor: "ucloud", region: "cn-bj2", fromPage: 3, effect });
    clouds.knobs.faults.add({ vendor: "ucloud", instance: "uredis-x", effect });
    clouds.knobs.faults.add({ vendor: "alibaba", effect });
    const codeAt = async (changes: object) =>
      (await askUCloud(clouds, { ...WIDE, ...changes })).RetCode;
    expect(await codeAt({ Offset: 10 })).toBe(0);
    expect(await codeAt({ Offset: 20 })).toBe(130);
    expect(await codeAt({ Offset: 20, Region: "hk" })).toBe(0);
    expect(await codeAt({ GroupId: "uredis-x" })).toBe(130);
    clouds.knobs.faults.clear();
    expect(await codeAt({ Offset: 20 })).toBe(0);
  });

  test("a wrong signature is refused before any fault is met", async () => {
    meet({ kind: "vendorError", code: "130" });
    const query = new URLSearchParams({ ...signedUCloud(GROUPS), Region: "cn-bj2" });
    const response = await fetch(`${originOf(clouds, "ucloud")}/?${query}`);
    expect(await response.json()).toMatchObject({ RetCode: 171 });
    expect(clouds.knobs.faults.list()).toMatchObject([{ met: 0 }]);
  });
});

describe("knobs", () => {
  test("every nth call is throttled in the vendor's own words", async () => {
    clouds.knobs.setAll({ throttle: { everyNth: 2 } });
    const ucloud = [await askUCloud(clouds, GROUPS), await askUCloud(clouds, GROUPS)];
    expect(ucloud.map(({ RetCode }) => RetCode)).toEqual([0, 153]);
    const call = ["DescribeInstances", {}] as const;
    const tencent = [await askTencent(clouds, call), await askTencent(clouds, call)];
    expect(tencent.map(codeOf)).toEqual([null, "RequestLimitExceeded"]);
    expect(clouds.calls.count({ outcome: "throttled" })).toBe(2);
  });

  test("a page cap is silent: the limit is taken and the page is shorter", async () => {
    clouds.knobs.set("ucloud", { pageCap: 7 });
    const body = await askUCloud(clouds, { ...WIDE, Limit: 50 });
    expect([rowsIn(body, "DataSet").length, body.RetCode]).toEqual([7, 0]);
  });

  test("totals can be absent or wrong", async () => {
    const { TotalCount } = await askUCloud(clouds, WIDE);
    clouds.knobs.set("ucloud", { totals: -3 });
    expect((await askUCloud(clouds, WIDE)).TotalCount).toBe(Number(TotalCount) - 3);
    clouds.knobs.set("ucloud", { totals: "absent" });
    expect(await askUCloud(clouds, WIDE)).not.toHaveProperty("TotalCount");
  });

  test("latency is waited before an answer, and closing does not wait for it", async () => {
    clouds.knobs.setAll({ latencyMs: 600_000 });
    const ended = expect(fetchGroups()).rejects.toThrow();
    await clouds.close();
    await ended;
  });

  test("a hook may change the estate between two calls", async () => {
    const seen: string[] = [];
    clouds.knobs.hook = async ({ vendor, action, region, page }) => {
      seen.push(`${vendor} ${action} ${region} ${page}`);
      const [first] = clouds.estate.truth().filter(({ region: own }) => own === "cn-bj2");
      if (page === 2 && first?.product === "UCLOUD_UREDIS")
        clouds.estate.insertBackup({ ...first, nativeId: "inserted", startedAt: NOW });
      await Promise.resolve();
    };
    const [one, two] = [
      await askUCloud(clouds, WIDE),
      await askUCloud(clouds, { ...WIDE, Offset: 10 }),
    ];
    const ids = [one, two].map((body) => rowsIn(body, "DataSet").map((row) => row.BackupId));
    expect(seen).toEqual([
      "ucloud DescribeURedisBackup cn-bj2 1",
      "ucloud DescribeURedisBackup cn-bj2 2",
    ]);
    // The row before the edge of the page was pushed over it.
    expect(ids[1]?.[0]).toBe(ids[0]?.[9]);
  });

  test("a hook that fails is a fault of the simulator, and the log says so", async () => {
    clouds.knobs.hook = () => {
      throw new TypeError("a test's own mistake");
    };
    expect(await askUCloud(clouds, GROUPS)).toMatchObject({ RetCode: 130 });
    expect(clouds.calls.entries()).toMatchObject([
      { outcome: "broken", code: "TypeError: a test's own mistake" },
    ]);
  });
});

test("fifty requests that are delayed at once warn of no leak", async () => {
  clouds.knobs.set("ucloud", { latencyMs: 100 });
  const warnings: Error[] = [];
  const note = (warning: Error): unknown => warnings.push(warning);
  process.on("warning", note);
  try {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetchGroups()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(warnings).toEqual([]);
  } finally {
    process.off("warning", note);
  }
});
