import { createHash, createHmac, randomBytes } from "node:crypto";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { ReceivedRequest } from "../../src/clouds/verify/request.js";
import { isRow } from "../../src/domain/row.js";
import type { Row } from "../../src/domain/row.js";
import { signAcs3, signTencentV2 } from "./documentedSigning.js";

/** A moment in the middle of an ordinary day, on a whole second. */
export const NOW = Date.parse("2026-03-10T12:34:56Z");

/** A parameter of a call as a client holds it. */
export type Params = Readonly<Record<string, string | number | readonly (string | number)[]>>;

/** How a UCloud call travels. */
export type Carrier = "get" | "form" | "json";

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text, "utf8").digest();

/** The base URL of a vendor's origin. */
export function originOf(clouds: Clouds, vendor: CloudVendor): string {
  const endpoint = clouds.accounts.find((account) => account.vendor === vendor)?.endpoint;
  if (endpoint === null || endpoint === undefined) throw new Error(`No origin of ${vendor}.`);
  return endpoint;
}

/** UCloud's signature over sorted names and raw values. */
export function signedUCloud(params: Params): Record<string, string> {
  const texts: Record<string, string> = { PublicKey: DEMO_KEYS.ucloud.id };
  for (const [name, value] of Object.entries(params)) texts[name] = String(value);
  const raw = Object.keys(texts)
    .sort()
    .map((name) => name + texts[name])
    .join("");
  const signature = createHash("sha1").update(raw + DEMO_KEYS.ucloud.secret, "utf8");
  return { ...texts, Signature: signature.digest("hex") };
}

/** Asks UCloud; the answer's status is always in `RetCode`. */
export async function askUCloud(
  clouds: Clouds,
  params: Params,
  carrier: Carrier = "form",
): Promise<Row> {
  const signed = signedUCloud(params);
  const url = `${originOf(clouds, "ucloud")}/`;
  if (carrier === "get") return rowOf(await fetch(`${url}?${new URLSearchParams(signed)}`));
  const isJson = carrier === "json";
  // SDKs repeat the action in the URL of a POST, for logs.
  const response = await fetch(`${url}?Action=${String(params.Action)}`, {
    method: "POST",
    headers: { "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded" },
    body: isJson ? JSON.stringify(signed) : new URLSearchParams(signed).toString(),
  });
  return rowOf(response);
}

/** What of a TC3 call may be wrong on purpose. */
export interface Tc3Changes {
  readonly id?: string;
  readonly secret?: string;
  readonly at?: number;
  readonly region?: string;
  readonly version?: string;
}

/** A signed POST of Tencent's API 3.0. */
export function tc3Request(
  host: string,
  [action, params]: readonly [string, Params],
  changes: Tc3Changes = {},
): RequestInit & { headers: Record<string, string>; body: string } {
  const { id, secret } = { ...DEMO_KEYS.tencent, ...changes };
  const stamp = Math.floor((changes.at ?? NOW) / 1000);
  const date = new Date(stamp * 1000).toISOString().slice(0, 10);
  const body = JSON.stringify(params);
  const signed = "content-type;host";
  const canonical = `POST\n/\n\ncontent-type:application/json\nhost:${host}\n\n${signed}\n${sha256(body)}`;
  const scope = `${date}/redis/tc3_request`;
  const text = `TC3-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`;
  const key = hmac(hmac(hmac(`TC3${secret}`, date), "redis"), "tc3_request");
  const signature = hmac(key, text).toString("hex");
  return {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      host,
      authorization: `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
      "x-tc-action": action,
      "x-tc-version": changes.version ?? "2018-04-12",
      "x-tc-timestamp": String(stamp),
      "x-tc-region": changes.region ?? "ap-guangzhou",
    },
  };
}

/** Asks Tencent's API 3.0 and opens its envelope. */
export async function askTencent(
  clouds: Clouds,
  call: readonly [string, Params],
  changes: Tc3Changes = {},
): Promise<Row> {
  const origin = originOf(clouds, "tencent");
  const response = await fetch(`${origin}/`, tc3Request(new URL(origin).host, call, changes));
  const { Response: inner } = await rowOf(response);
  if (!isRow(inner)) throw new Error("No envelope.");
  return inner;
}

/** The error code of an answer of API 3.0; null of a good one. */
export const codeOf = ({ Error: error }: Row): unknown => (isRow(error) ? error.Code : null);

/** Sends a request that was signed without a socket. */
export async function send(origin: string, request: ReceivedRequest): Promise<Row> {
  const query = request.query.toString();
  const response = await fetch(`${origin}${request.path}${query === "" ? "" : `?${query}`}`, {
    method: request.method,
    headers: request.headers,
    // An empty text would add a content type that was not signed.
    ...(request.body === "" ? {} : { body: request.body }),
  });
  return rowOf(response);
}

/** Asks Alibaba with today's signature. */
export function askAlibaba(
  clouds: Clouds,
  action: string,
  params: Readonly<Record<string, string>>,
): Promise<Row> {
  const origin = originOf(clouds, "alibaba");
  const call = {
    key: DEMO_KEYS.alibaba,
    host: new URL(origin).host,
    action,
    params,
    now: NOW,
    nonce: randomBytes(16).toString("hex"),
    method: "POST",
    place: "query",
  } as const;
  return send(origin, signAcs3(call));
}

/** Asks Tencent's API 2.0. */
export function askTencent2(
  clouds: Clouds,
  action: string,
  params: Readonly<Record<string, string>>,
): Promise<Row> {
  const origin = originOf(clouds, "tencent");
  const nonce = String(1 + (randomBytes(6).readUIntBE(0, 6) % 1e12));
  const host = new URL(origin).host;
  const call = { key: DEMO_KEYS.tencent, host, action, params, now: NOW, nonce };
  return send(origin, signTencentV2(call));
}

async function rowOf(response: Response): Promise<Row> {
  const parsed: unknown = await response.json();
  if (!isRow(parsed)) throw new Error("The answer is no object.");
  return parsed;
}

/** The rows under a name; throws where there is no list, so that none reads as empty. */
export function rowsIn(body: Row, name: string): Row[] {
  const found = body[name];
  if (!Array.isArray(found)) throw new Error(`No list ${name} in ${JSON.stringify(body)}.`);
  return found.filter(isRow);
}

/** The object under a name; throws where there is none. */
export function rowAt(body: Row, name: string): Row {
  const found = body[name];
  if (!isRow(found)) throw new Error(`No object ${name} in ${JSON.stringify(body)}.`);
  return found;
}
