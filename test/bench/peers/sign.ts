import { createHash, createHmac, randomUUID } from "node:crypto";

/** A request to a vendor, signed. */
export interface SignedCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Fields = Readonly<Record<string, string>>;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

const FORM = "application/x-www-form-urlencoded; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

/** UCloud: a hash over sorted fields. */
export function ucloudCall(fields: Fields, keys: Fields): SignedCall {
  const all: Record<string, string> = { ...fields, PublicKey: keys["publicKey"] ?? "" };
  const names = Object.keys(all).sort();
  const text = names.map((name) => `${name}${all[name]}`).join("") + keys["privateKey"];
  all["Signature"] = createHash("sha1").update(text).digest("hex");
  return {
    path: "/",
    headers: { "content-type": FORM },
    body: new URLSearchParams(all).toString(),
  };
}

let tencentKey: { readonly date: string; readonly key: Buffer } | null = null;

/** Tencent: TC3, with the key of the day made once. */
export function tencentCall(
  { action, region, host }: Record<"action" | "region" | "host", string>,
  params: object,
  keys: Fields,
): SignedCall {
  const body = JSON.stringify(params);
  const seconds = Math.floor(Date.now() / 1000);
  const date = new Date(seconds * 1000).toISOString().slice(0, 10);
  if (tencentKey?.date !== date) {
    const ofDay = hmac(hmac(`TC3${keys["secretKey"]}`, date), "redis");
    tencentKey = { date, key: hmac(ofDay, "tc3_request") };
  }
  const signed = "content-type;host";
  const canonical = `POST\n/\n\ncontent-type:${JSON_TYPE}\nhost:${host}\n\n${signed}\n${sha256(body)}`;
  const scope = `${date}/redis/tc3_request`;
  const text = `TC3-HMAC-SHA256\n${seconds}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(tencentKey.key, text).toString("hex");
  return {
    path: "/",
    headers: {
      "content-type": JSON_TYPE,
      host,
      "x-tc-action": action,
      "x-tc-version": "2018-04-12",
      "x-tc-region": region,
      "x-tc-timestamp": String(seconds),
      authorization: `TC3-HMAC-SHA256 Credential=${keys["secretId"]}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    },
    body,
  };
}

const EMPTY = sha256("");

/** Alibaba: ACS3 over a sorted query. */
export function alibabaCall(
  { action, host }: Record<"action" | "host", string>,
  params: Fields,
  keys: Fields,
): SignedCall {
  const query = Object.keys(params)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(params[name] ?? "")}`)
    .join("&");
  const signed = {
    host,
    "x-acs-action": action,
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": `${new Date().toISOString().slice(0, 19)}Z`,
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-version": "2015-01-01",
  };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}`);
  const canonical = `POST\n/\n${query}\n${lines.join("\n")}\n\n${names}\n${EMPTY}`;
  const text = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  const signature = hmac(keys["accessKeySecret"] ?? "", text).toString("hex");
  return {
    path: `/?${query}`,
    headers: {
      ...signed,
      authorization: `ACS3-HMAC-SHA256 Credential=${keys["accessKeyId"]},SignedHeaders=${names},Signature=${signature}`,
    },
    body: "",
  };
}

/** AWS: Signature Version 4 of a POST to `/`. */
export function awsCall(
  { service, region, host }: Record<"service" | "region" | "host", string>,
  { headers, body }: { readonly headers: Fields; readonly body: string },
  keys: Fields,
): SignedCall {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const signed: Record<string, string> = { ...headers, host, "x-amz-date": time };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}`).join("\n");
  const canonical = `POST\n/\n\n${lines}\n\n${names.join(";")}\n${sha256(body)}`;
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = scope
    .split("/")
    .reduce<string | Buffer>((at, part) => hmac(at, part), `AWS4${keys["secretAccessKey"]}`);
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(key, text).toString("hex");
  return {
    path: "/",
    headers: {
      ...signed,
      authorization: `AWS4-HMAC-SHA256 Credential=${keys["accessKeyId"]}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
    },
    body,
  };
}
