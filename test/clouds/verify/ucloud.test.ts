import { describe, expect, test } from "vitest";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";
import { ucloudParamsOf, verifyUCloud } from "../../../src/clouds/verify/ucloud.js";

// The vendor publishes no package on npm, so these vectors stand in for an official client:
// its signature page, and the tests of its Go and Python SDKs.
const key = {
  id: "ucloudsomeone@example.com1296235120854146120",
  secret: "46f09bb9fab4f12dfc160dae12273d5332b5debe",
  token: null,
};

const get = (params: Record<string, string>): ReceivedRequest => ({
  method: "GET",
  path: "/",
  query: new URLSearchParams(params),
  headers: { host: "api.ucloud.cn" },
  body: "",
});
const post = (type: string, body: string, url = ""): ReceivedRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(url),
  headers: { host: "api.ucloud.cn", "content-type": type },
  body,
});
const form = (params: Record<string, string>, url = ""): ReceivedRequest =>
  post("application/x-www-form-urlencoded", new URLSearchParams(params).toString(), url);
const json = (params: Record<string, unknown>): ReceivedRequest =>
  post("application/json", JSON.stringify(params), "");

const host = {
  Action: "CreateUHostInstance",
  CPU: "2",
  ChargeType: "Month",
  DiskSpace: "10",
  ImageId: "f43736e1-65a5-4bea-ad2e-8a46e18883c2",
  LoginMode: "Password",
  Memory: "2048",
  Name: "Host01",
  Password: "VUNsb3VkLmNu",
  Quantity: "1",
  Region: "cn-bj2",
  Zone: "cn-bj2-04",
};
const backends = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`Backends.${i}`, ["foo", "bar", "42"][i % 3] ?? ""]),
);

const vectors: { what: string; params: Record<string, string>; signature: string }[] = [
  {
    what: "the list of the signature page",
    params: { Action: "DescribeUHostInstance", Region: "cn-bj2", Limit: "10" },
    signature: "cba5cf5ec4d4233d206b1b54951e3787350a642f",
  },
  {
    what: "the create of the Go and Python tests",
    params: host,
    signature: "4f9ef5df2abab2c6fccd1e9515cb7e2df8c6bb65",
  },
  {
    what: "an array of twelve, whose names sort as bytes",
    params: { Action: "AllocateBackendBatch", ...backends },
    signature: "6bc32642779f8cb0bb3d3f128b1c0688abf9a1a3",
  },
  {
    what: "a URedis list",
    params: {
      Action: "DescribeURedisBackup",
      Region: "cn-bj2",
      GroupId: "uredis-abc123",
      Offset: "0",
      Limit: "20",
    },
    signature: "99536b099580805b7c6039a0649d28ebb68a1024",
  },
  {
    what: "a UMem list",
    params: {
      Action: "DescribeUMemBackup",
      Region: "cn-zj",
      Zone: "cn-zj-01",
      ProjectId: "org-abc",
      SpaceId: "umem-xyz",
      Offset: "0",
      Limit: "10",
    },
    signature: "ac6b585d3eb2c09d52daf3fafb0b5a4e029e49ed",
  },
  {
    what: "a boolean",
    params: {
      Action: "DescribeURedisBackupURL",
      Region: "cn-bj2",
      BackupId: "24149c99-4df6-4b5a-99b4-8ab1ca2d7aaa",
      IsCrossRegion: "true",
    },
    signature: "d9589db810db277118f41fdd024c62460c071ebd",
  },
  {
    what: "a name outside ASCII",
    params: {
      Action: "CreateURedisBackup",
      Region: "cn-bj2",
      GroupId: "uredis-abc123",
      BackupName: "备份-1",
    },
    signature: "9492d7289cf6b918e3395117d18e6229da653d19",
  },
];

describe("a published signature", () => {
  const signed = vectors.map(({ what, params, signature }) => ({
    what,
    params: { ...params, PublicKey: key.id, Signature: signature },
  }));

  test.each(signed)("verifies in a query: $what", ({ params }) => {
    expect(verifyUCloud(get(params), key)).toBeNull();
  });

  test.each(signed)("verifies in a form, beside an unsigned Action: $what", ({ params }) => {
    expect(verifyUCloud(form(params, "Action=Another"), key)).toBeNull();
  });

  test.each(signed)("verifies in JSON: $what", ({ params }) => {
    expect(verifyUCloud(json(params), key)).toBeNull();
  });

  test.each(signed)("does not verify with another secret: $what", ({ params }) => {
    const other = { ...key, secret: `${key.secret}0` };
    expect(verifyUCloud(get(params), other)?.code).toBe("171");
  });

  test("verifies with numbers and booleans in JSON", () => {
    const list = { ...vectors[3]!.params, Offset: 0, Limit: 20, PublicKey: key.id };
    expect(verifyUCloud(json({ ...list, Signature: vectors[3]!.signature }), key)).toBeNull();
    const url = { ...vectors[5]!.params, IsCrossRegion: true, PublicKey: key.id };
    expect(verifyUCloud(json({ ...url, Signature: vectors[5]!.signature }), key)).toBeNull();
  });

  test("covers the token of a temporary key", () => {
    const signature = "170c480ad176a247b324eb92a2cfe536aacfbd04";
    const params = { ...host, PublicKey: key.id, SecurityToken: "some_stoken" };
    const request = get({ ...params, Signature: signature });
    expect(verifyUCloud(request, { ...key, token: "some_stoken" })).toBeNull();
    expect(verifyUCloud(request, { ...key, token: "another" })?.code).toBe("174");
    expect(verifyUCloud(request, key)?.code).toBe("174");
  });
});

describe("a refusal", () => {
  const params = { ...vectors[0]!.params, PublicKey: key.id, Signature: vectors[0]!.signature };

  test("says that a changed parameter breaks the signature", () => {
    expect(verifyUCloud(get({ ...params, Limit: "11" }), key)).toEqual({
      status: 200,
      code: "171",
      message: "Signature VerifyAC Error",
    });
  });

  test("says that the key is unknown", () => {
    expect(verifyUCloud(get({ ...params, PublicKey: "nobody" }), key)).toEqual({
      status: 200,
      code: "172",
      message: "User Not Exists",
    });
  });

  test("says that the signature is missing", () => {
    expect(verifyUCloud(get({ ...params, Signature: "" }), key)?.code).toBe("170");
  });

  test("meets a body that is no JSON", () => {
    expect(verifyUCloud(post("application/json", "{"), key)?.code).toBe("170");
    expect(verifyUCloud(post("application/json", "[]"), key)?.code).toBe("170");
  });
});

test("a JSON body gives the text that is signed", () => {
  const body = {
    a: 1e21,
    b: 1.5,
    c: 1e-7,
    d: null,
    e: [1, "x", true],
    f: { y: 2, x: 1 },
    g: false,
  };
  expect(ucloudParamsOf(json(body))).toEqual({
    a: "1000000000000000000000",
    b: "1.5",
    c: "0.0000001",
    e: "1xtrue",
    f: "x1y2",
    g: "false",
  });
});
