import { expect, test } from "vitest";
import { signTencentV2, type TencentV2Request } from "../../../src/vendors/tencent/v2Api.js";

const SECRET_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA";
const SECRET_KEY = "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA";

const LIST = {
  Action: "GetRedisBackupList",
  Nonce: "11886",
  Region: "ap-guangzhou",
  SecretId: SECRET_ID,
  Timestamp: "1486543594",
  beginTime: "2017-02-08 16:46:34",
  endTime: "2017-02-08 19:09:26",
  limit: "10",
  offset: "0",
  redisId: "crs-izbob1wh",
};

// The first two are of the vendor's documents, the others computed by another implementation.
test.each<TencentV2Request & { what: string; signature: string }>([
  {
    what: "the document's HmacSHA1 example",
    method: "GET",
    host: "cvm.api.qcloud.com",
    path: "/v2/index.php",
    fields: {
      Action: "DescribeInstances",
      "instanceIds.0": "ins-09dx96dg",
      Nonce: "11886",
      Region: "gz",
      SecretId: SECRET_ID,
      Timestamp: "1465185768",
      limit: "20",
      offset: "0",
    },
    signature: "NSI3UqqD99b/UJb4tbG/xZpRW64=",
  },
  {
    what: "the document's HmacSHA256 example",
    method: "GET",
    host: "cvm.api.qcloud.com",
    path: "/v2/index.php",
    fields: {
      Action: "DescribeInstances",
      "InstanceIds.0": "ins-09dx96dg",
      Nonce: "11886",
      Region: "ap-guangzhou",
      SecretId: SECRET_ID,
      SignatureMethod: "HmacSHA256",
      Timestamp: "1465185768",
    },
    signature: "0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=",
  },
  {
    what: "a list of backups by GET",
    method: "GET",
    host: "redis.api.qcloud.com",
    path: "/v2/index.php",
    fields: LIST,
    signature: "SUBSlCR0Ab+59qyjFloIrpJzr2s=",
  },
  {
    what: "a list of backups by POST with HmacSHA256",
    method: "POST",
    host: "redis.api.qcloud.com",
    path: "/v2/index.php",
    fields: { ...LIST, SignatureMethod: "HmacSHA256" },
    signature: "+U6xxqH2npd6nqURbzLVZ6PPMF2FzXrQdzvrlqniKns=",
  },
])("$what is signed as the vendor does", ({ signature, ...request }) => {
  expect(signTencentV2(request, SECRET_KEY)).toBe(signature);
});
