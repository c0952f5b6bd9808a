import { createHash, createHmac } from "node:crypto";
import { percentEncode } from "./request.js";
import type { AccessKey, ReceivedRequest } from "./request.js";

const MINUTE_MS = 60_000;
const ALGORITHM = "AWS4-HMAC-SHA256";
const UNSIGNED = "UNSIGNED-PAYLOAD";
/** The longest life of a presigned URL, in seconds. */
const LONGEST_LIFE_S = 604_800;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Why a signature is refused. Each service has its own code and status for it. */
export interface SigV4Fault {
  readonly kind:
    | "missing"
    | "malformed"
    | "unknownKey"
    | "token"
    | "scope"
    | "skewed"
    | "expired"
    | "content"
    | "signature";
  readonly message: string;
}

/** The credential scope of a request, which names its region and service. */
export interface SigV4Scope {
  readonly keyId: string;
  /** `20261129`, in UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The service that a request must be signed for. */
export interface SigV4Service {
  /** Its signing name, such as `elasticache`. `s3` has rules of its own for paths, bodies and clocks. */
  readonly name: string;
  readonly regions: readonly string[];
}

/** The parts of a signature in the header or, if presigned, in the query. */
interface Given {
  readonly scope: SigV4Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly stamp: string;
  readonly token: string | null;
  /** The life of a presigned URL, in seconds. Null for a signature in the header. */
  readonly lifeS: number | null;
}

/**
 * Checks a Signature Version 4 in the `Authorization` header or in the query of a presigned URL.
 *
 * The host counts as it was sent, with its port. The host and all `x-amz-*` headers must be signed. The
 * time is that of `X-Amz-Date`, at most 5 minutes off (15 for S3).
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, read 2026-11-29.
 */
export function verifySigV4(
  request: ReceivedRequest,
  { key, now }: { readonly key: AccessKey; readonly now: number },
  service: SigV4Service,
): SigV4Fault | null {
  if (!isSigned(request)) return fault("missing", "Request is missing Authentication Token");
  const given = givenBy(request);
  if (given === null) return fault("malformed", "The signature is incomplete or malformed.");
  const unsigned = mustBeSigned(request, given).filter(
    (name) => !given.signedHeaders.includes(name),
  );
  if (unsigned.length > 0)
    return fault("malformed", `These headers must be signed: ${unsigned.join(", ")}.`);
  if (given.scope.keyId !== key.id || given.token !== key.token) return strangerOf(given, key);
  return (
    refusedScope(given, service) ??
    refusedTime(given, now, service) ??
    refusedContent(request, given) ??
    refusedSignature(request, given, key.secret)
  );
}

const fault = (kind: SigV4Fault["kind"], message: string): SigV4Fault => ({ kind, message });

const isSigned = ({ headers, query }: ReceivedRequest): boolean =>
  (headers.authorization ?? "") !== "" || query.has("X-Amz-Signature");

/** The credential scope of a signed request, or null if it has none that can be read. */
export const sigV4ScopeOf = (request: ReceivedRequest): SigV4Scope | null =>
  givenBy(request)?.scope ?? null;

function givenBy(request: ReceivedRequest): Given | null {
  const { headers, query } = request;
  const presigned = query.get("X-Amz-Signature");
  if (presigned !== null) return presignedBy(query, presigned);
  const [, credential = "", list = "", signature = ""] =
    AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
  return givenOf({ credential, list, signature, stamp: headers["x-amz-date"] ?? "" }, (parts) => ({
    ...parts,
    token: headers["x-amz-security-token"] ?? null,
    lifeS: null,
  }));
}

function presignedBy(query: URLSearchParams, signature: string): Given | null {
  const credential = query.get("X-Amz-Credential") ?? "";
  const list = query.get("X-Amz-SignedHeaders") ?? "";
  const life = query.get("X-Amz-Expires") ?? "";
  const lifeS = /^\d{1,6}$/.test(life) ? Number(life) : 0;
  const isRight = query.get("X-Amz-Algorithm") === ALGORITHM && lifeS >= 1;
  if (!isRight || lifeS > LONGEST_LIFE_S) return null;
  const stamp = query.get("X-Amz-Date") ?? "";
  return givenOf({ credential, list, signature, stamp }, (parts) => ({
    ...parts,
    token: query.get("X-Amz-Security-Token"),
    lifeS,
  }));
}

function givenOf(
  texts: Readonly<Record<"credential" | "list" | "signature" | "stamp", string>>,
  complete: (parts: Omit<Given, "token" | "lifeS">) => Given,
): Given | null {
  const { credential, list, signature, stamp } = texts;
  const [keyId = "", date = "", region = "", service = "", end, ...more] = credential.split("/");
  if (end !== "aws4_request" || more.length > 0 || list === "" || !STAMP.test(stamp)) return null;
  const scope = { keyId, date, region, service };
  return complete({ scope, signedHeaders: list.split(";"), signature, stamp });
}

/** The host and every `x-amz-*` header, and for S3 the hash of the body. */
function mustBeSigned({ headers }: ReceivedRequest, { scope, lifeS }: Given): readonly string[] {
  const sent = Object.keys(headers).filter((name) => name.startsWith("x-amz-"));
  const isHashed = scope.service === "s3" && lifeS === null;
  return [...new Set(["host", ...sent, ...(isHashed ? ["x-amz-content-sha256"] : [])])];
}

const strangerOf = ({ scope }: Given, key: AccessKey): SigV4Fault =>
  scope.keyId === key.id
    ? fault("token", "The security token included in the request is invalid.")
    : fault("unknownKey", "The security token included in the request is invalid.");

function refusedScope({ scope, stamp }: Given, service: SigV4Service): SigV4Fault | null {
  const { date, region, service: name } = scope;
  if (name !== service.name)
    return fault("scope", `Credential should be scoped to correct service: '${service.name}'.`);
  if (!service.regions.includes(region))
    return fault("scope", `Credential should be scoped to a valid region, not '${region}'.`);
  if (date === stamp.slice(0, 8)) return null;
  return fault("scope", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version.");
}

function refusedTime({ stamp, lifeS }: Given, now: number, { name }: SigV4Service) {
  const signedAt = Date.parse(stamp.replace(STAMP, "$1-$2-$3T$4:$5:$6Z"));
  const minutes = name === "s3" ? 15 : 5;
  const skewMs = minutes * MINUTE_MS;
  const isEarly = signedAt - now > skewMs;
  if (lifeS !== null && !isEarly && now > signedAt + lifeS * 1000)
    return fault("expired", "Request has expired");
  // The comparisons are negated, so that a date that does not exist is refused.
  const isInTime = now - signedAt <= skewMs || lifeS !== null;
  if (!isEarly && isInTime && !Number.isNaN(signedAt)) return null;
  const bound = stampOf(isEarly ? now + skewMs : now - skewMs);
  return fault(
    "skewed",
    isEarly
      ? `Signature not yet current: ${stamp} is still later than ${bound} (${stampOf(now)} + ${minutes} min.)`
      : `Signature expired: ${stamp} is now earlier than ${bound} (${stampOf(now)} - ${minutes} min.)`,
  );
}

const stampOf = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

function refusedContent(request: ReceivedRequest, { scope, lifeS }: Given): SigV4Fault | null {
  const claimed = request.headers["x-amz-content-sha256"];
  if (claimed === undefined || claimed === sha256(request.body)) return null;
  if (claimed === UNSIGNED && (scope.service === "s3" || lifeS !== null)) return null;
  return fault(
    "content",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

function refusedSignature(
  request: ReceivedRequest,
  given: Given,
  secret: string,
): SigV4Fault | null {
  const { date, region, service } = given.scope;
  const canonical = canonicalOf(request, given);
  const text = [
    ALGORITHM,
    given.stamp,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join("\n");
  const signingKey = [date, region, service, "aws4_request"].reduce<string | Buffer>(
    (from, part) => createHmac("sha256", from).update(part, "utf8").digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac("sha256", signingKey).update(text, "utf8").digest("hex");
  if (expected === given.signature) return null;
  return fault(
    "signature",
    "The request signature we calculated does not match the signature you provided. Check your AWS " +
      "Secret Access Key and signing method. Consult the service documentation for details.",
  );
}

/** The canonical request that a signature covers, or null if the request has no readable signature. */
export function sigV4CanonicalRequest(request: ReceivedRequest): string | null {
  const given = givenBy(request);
  return given === null ? null : canonicalOf(request, given);
}

function canonicalOf(request: ReceivedRequest, { scope, signedHeaders, lifeS }: Given): string {
  const { method, headers, query, body } = request;
  const names = [...signedHeaders].sort();
  const isS3 = scope.service === "s3";
  const claimed = headers["x-amz-content-sha256"];
  const hash = claimed ?? (lifeS !== null && isS3 ? UNSIGNED : sha256(body));
  return [
    method,
    request.path
      .split("/")
      .map((part) => percentEncode(isS3 ? decoded(part) : part))
      .join("/"),
    queryOf(query),
    names.map((name) => `${name}:${oneLine(headers[name] ?? "")}\n`).join(""),
    names.join(";"),
    hash,
  ].join("\n");
}

/** S3 signs a path encoded once, however the client has encoded it. The others encode it again. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** All parameters but the signature itself, sorted by encoded name and then by encoded value. */
const queryOf = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort((a, b) => inOrder(a[0], b[0]) || inOrder(a[1], b[1]))
    .map((pair) => pair.join("="))
    .join("&");

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const oneLine = (text: string): string => text.trim().replaceAll(/ {2,}/g, " ");

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
