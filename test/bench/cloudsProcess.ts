import { once } from "node:events";
import type { PlainSize } from "../../src/clouds/estate/plain.js";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { CloudAccount } from "./clouds.js";

const [size] = (await once(process, "message")) as [PlainSize];
process.on("disconnect", () => process.exit());

const { ucloud, tencent, alibaba } = DEMO_KEYS;
const credentials = {
  ucloud: { publicKey: ucloud.id, privateKey: ucloud.secret },
  tencent: { secretId: tencent.id, secretKey: tencent.secret },
  alibaba: { accessKeyId: alibaba.id, accessKeySecret: alibaba.secret },
};
const regions = { ucloud: ["cn-bj2"], tencent: ["ap-guangzhou"], alibaba: ["cn-hangzhou"] };

const clouds = await startClouds({ estate: { ...size, regions: 1 } });
const accounts = clouds.accounts.map(({ id, vendor, endpoint }): CloudAccount => ({
  id,
  vendor,
  endpoint: endpoint ?? "",
  credentials: credentials[vendor],
  regions: regions[vendor],
}));
process.send?.({ accounts, control: clouds.control });
