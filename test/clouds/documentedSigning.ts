import { createHash, createHmac } from "node:crypto";
import type { ReceivedRequest } from "../../src/clouds/verify/request.js";

/** An access key as a client holds it. */
export interface ClientKey {
  readonly id: string;
  readonly secret: string;
}

/** A call to be signed by the steps that a vendor's document lists. */
export interface ClientCall {
  readonly key: ClientKey;
  readonly host: string;
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly nonce: string;
  readonly method?: "GET" | "POST";
  /** Where parameters go; a GET has them in the query whatever is said here. */
  readonly place?: "query" | "form";
}

const FORM = "application/x-www-form-urlencoded";
const hmac = (digest: string, secret: string, text: string) =>
  createHmac(digest, secret).update(text, "utf8");
const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const sorted = (params: Readonly<Record<string, string>>) =>
  Object.keys(params)
    .sort()
    .map((name): [string, string] => [name, params[name] ?? ""]);
const queryOf = (params: Readonly<Record<string, string>>) =>
  sorted(params)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");

function requestOf(call: ClientCall, path: string, params: Record<string, string>) {
  const method = call.method ?? "GET";
  const inForm = method === "POST" && call.place !== "query";
  const headers: Record<string, string> = { host: call.host };
  if (inForm) headers["content-type"] = FORM;
  return {
    method,
    path,
    query: new URLSearchParams(inForm ? {} : params),
    headers,
    body: inForm ? queryOf(params) : "",
  };
}

/** Tencent API 2.0: HMAC over method, host, path and the sorted raw parameters. */
export function signTencentV2(
  call: ClientCall,
  signatureMethod: "HmacSHA1" | "HmacSHA256" = "HmacSHA1",
): ReceivedRequest {
  const params: Record<string, string> = {
    Action: call.action,
    Nonce: call.nonce,
    SecretId: call.key.id,
    SignatureMethod: signatureMethod,
    Timestamp: String(Math.floor(call.now / 1000)),
    ...call.params,
  };
  const raw = sorted(params)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const text = `${call.method ?? "GET"}${call.host}/v2/index.php?${raw}`;
  const digest = signatureMethod === "HmacSHA1" ? "sha1" : "sha256";
  params.Signature = hmac(digest, call.key.secret, text).digest("base64");
  return requestOf(call, "/v2/index.php", params);
}

const stampOf = (now: number) => `${new Date(now).toISOString().slice(0, 19)}Z`;

/** Alibaba signature v1: HMAC-SHA1 over the method and the twice encoded parameters. */
export function signAlibabaV1(call: ClientCall): ReceivedRequest {
  const params: Record<string, string> = {
    AccessKeyId: call.key.id,
    Action: call.action,
    Format: "JSON",
    SignatureMethod: "HMAC-SHA1",
    SignatureNonce: call.nonce,
    SignatureVersion: "1.0",
    Timestamp: stampOf(call.now),
    Version: "2015-01-01",
    ...call.params,
  };
  const text = `${call.method ?? "GET"}&%2F&${encode(queryOf(params))}`;
  params.Signature = hmac("sha1", `${call.key.secret}&`, text).digest("base64");
  return requestOf(call, "/", params);
}

/** Alibaba signature v3: HMAC-SHA256 over a canonical request whose headers are all signed. */
export function signAcs3(
  call: ClientCall,
  extraHeaders: Readonly<Record<string, string>> = {},
): ReceivedRequest {
  const request = requestOf(call, "/", { ...call.params });
  const headers: Record<string, string> = {
    ...request.headers,
    "x-acs-action": call.action,
    "x-acs-version": "2015-01-01",
    "x-acs-date": stampOf(call.now),
    "x-acs-signature-nonce": call.nonce,
    "x-acs-content-sha256": sha256(request.body),
    ...extraHeaders,
  };
  const canonical = [
    request.method,
    "/",
    queryOf(Object.fromEntries(request.query)),
    ...sorted(headers).map(([name, value]) => `${name}:${value}`),
    "",
    Object.keys(headers).sort().join(";"),
    sha256(request.body),
  ].join("\n");
  const text = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  const signature = hmac("sha256", call.key.secret, text).digest("hex");
  const names = Object.keys(headers).sort().join(";");
  const authorization = `ACS3-HMAC-SHA256 Credential=${call.key.id},SignedHeaders=${names},Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** What a client of AWS signs. */
export interface SigV4Call {
  readonly key: ClientKey & { readonly token?: string | null };
  readonly host: string;
  readonly region: string;
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** AWS Signature Version 4 of a POST to `/`, with all headers signed. */
export function signSigV4(call: SigV4Call): ReceivedRequest {
  const stamp = `${new Date(call.now).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const { token } = call.key;
  const headers: Record<string, string> = {
    ...call.headers,
    host: call.host,
    "x-amz-date": stamp,
    ...(token ? { "x-amz-security-token": token } : {}),
  };
  const names = Object.keys(headers).sort().join(";");
  const canonical = [
    "POST",
    "/",
    "",
    ...sorted(headers).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(call.body),
  ].join("\n");
  const scope = [stamp.slice(0, 8), call.region, call.service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", stamp, scope.join("/"), sha256(canonical)].join("\n");
  const signingKey = scope.reduce<string | Buffer>(
    (from, part) => createHmac("sha256", from).update(part, "utf8").digest(),
    `AWS4${call.key.secret}`,
  );
  const signature = createHmac("sha256", signingKey).update(text, "utf8").digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${call.key.id}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  return {
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    headers: { ...headers, authorization },
    body: call.body,
  };
}
