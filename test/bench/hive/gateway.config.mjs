import { readFileSync } from "node:fs";
// The file that the benchmark compiles.
import { alibabaCall, tencentCall, ucloudCall } from "../.build/test/bench/peers/sign.js";

const { accounts } = JSON.parse(readFileSync(process.env.BENCH_GIVEN, "utf8"));
const accountByOrigin = new Map(accounts.map((account) => [account.endpoint, account]));

const SIGNED = {
  ucloud: ({ fields, credentials }) => ucloudCall(fields, credentials),
  tencent: ({ fields: { Action: action }, host, region, body, credentials }) =>
    tencentCall({ action, region, host }, JSON.parse(body), credentials),
  alibaba: ({ fields: { Action: action, ...params }, host, credentials }) =>
    alibabaCall({ action, host }, params, credentials),
};

/** Signs each call to a cloud as the hand-written minimum does. */
const signing = {
  onFetch({ url, options, setURL, setOptions }) {
    const { origin, host, searchParams } = new URL(url);
    const account = accountByOrigin.get(origin);
    if (account === undefined) return;
    const { vendor, credentials, regions } = account;
    const fields = Object.fromEntries(searchParams);
    const asked = { fields, host, region: regions[0], body: options.body, credentials };
    const { path, headers, body } = SIGNED[vendor](asked);
    setURL(`${origin}${path}`);
    // An empty body would be sent with a content type, which this vendor requires to be signed.
    setOptions({ ...options, method: "POST", headers, body: body === "" ? undefined : body });
  },
};

/** Hive Gateway as shipped, with signed calls. */
export const gatewayConfig = { plugins: () => [signing] };
