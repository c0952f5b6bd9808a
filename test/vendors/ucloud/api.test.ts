import { describe, expect, test } from "vitest";
import { ucloudApi } from "../../../src/vendors/ucloud/api.js";
import { signUCloud } from "../../../src/vendors/ucloud/api.js";
import { ucloudAccount } from "../accounts.js";
import { signed } from "../fixture.js";

const MOMENT = { now: 0, nonce: "0" };
const CALL = {
  action: "DescribeURedisBackup",
  region: { id: "cn-bj2", endpoint: null },
  params: { GroupId: "uredis-abc123", Offset: 0, Limit: 100, Zone: "", RegionType: null },
};

const formOf = (body: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body));

describe("a request", () => {
  const request = signed(ucloudApi(ucloudAccount), CALL, MOMENT);

  test("is a POST form to the one endpoint of all regions", () => {
    expect(request).toMatchObject({ method: "POST", url: "https://api.ucloud.cn/" });
    expect(request.headers["content-type"]).toContain("application/x-www-form-urlencoded");
  });

  test("holds region, project and the signature of exactly what is sent; nothing empty", () => {
    const { Signature, ...fields } = formOf(request.body);
    expect(fields).toEqual({
      Action: "DescribeURedisBackup",
      GroupId: "uredis-abc123",
      Limit: "100",
      Offset: "0",
      ProjectId: "org-abc",
      PublicKey: "public@example.com1",
      Region: "cn-bj2",
    });
    expect(Signature).toBe(signUCloud(fields, ucloudAccount.credentials.privateKey));
  });
});

test("without a project none is sent", () => {
  const { body } = signed(ucloudApi({ ...ucloudAccount, projectId: null }), CALL, MOMENT);
  expect(formOf(body)).not.toHaveProperty("ProjectId");
});

test("calls about no region name neither region nor project", () => {
  const call = { action: "GetRegion", region: null, params: {} };
  const { body } = signed(ucloudApi(ucloudAccount), call, MOMENT);
  expect(Object.keys(formOf(body))).toEqual(["Action", "PublicKey", "Signature"]);
});

test.each([
  { endpoint: "https://api.dezai.com", url: "https://api.dezai.com/" },
  { endpoint: "http://127.0.0.1:9001", url: "http://127.0.0.1:9001/" },
  { endpoint: "http://127.0.0.1:9001/ucloud", url: "http://127.0.0.1:9001/ucloud" },
])("a white-label host or a simulator at $endpoint is asked instead", ({ endpoint, url }) => {
  expect(signed(ucloudApi({ ...ucloudAccount, endpoint }), CALL, MOMENT).url).toBe(url);
});

test("a success is opened, also where RetCode is text", () => {
  const body = { RetCode: "0", DataSet: [] };
  expect(ucloudApi(ucloudAccount).open(body, 200, {})).toBe(body);
});

test("no action has a documented quota", () => {
  const { rate, rates } = ucloudApi(ucloudAccount);
  expect([rate, rates]).toEqual([20, undefined]);
});
