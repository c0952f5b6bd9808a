import { once } from "node:events";
import type { PlainSize } from "../../src/clouds/estate/plain.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { CloudAccount } from "./clouds.js";

const [size] = (await once(process, "message")) as [PlainSize];
process.on("disconnect", () => process.exit());

const regions = {
  ucloud: ["cn-bj2"],
  tencent: ["ap-guangzhou"],
  alibaba: ["cn-hangzhou"],
  aws: ["eu-west-1"],
};

/** The vendors of the seven products that all servers read. */
const isCompared = (vendor: CloudVendor): vendor is keyof typeof regions => vendor in regions;

const clouds = await startClouds({ estate: { ...size, regions: 1 } });
const accounts = clouds.accounts.flatMap(({ id, vendor, endpoint, credentials }): CloudAccount[] =>
  isCompared(vendor)
    ? [
        {
          id,
          vendor,
          endpoint: endpoint ?? "",
          credentials: Object.fromEntries(
            Object.entries(credentials).filter(([, value]) => value !== null),
          ),
          regions: regions[vendor],
        },
      ]
    : [],
);
process.send?.({ accounts, control: clouds.control });
