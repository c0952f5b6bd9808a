import { hash } from "node:crypto";
import type { S3Account } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { signedBy, type UnsignedRequest } from "../../listing/authenticator.js";
import type { CodeTable, Meaning, VendorApi, VendorCall } from "../../listing/declaration.js";
import { parseXml } from "../../listing/decoder.js";
import { child, optionalText, tableOf } from "../kit/decode.js";
import {
  meaningOf,
  refusal,
  type RefusedAnswer,
  SECRET_WRONG,
  TOKEN_EXPIRED,
  UNKNOWN_KEY,
  unknownShape,
} from "../kit/refusal.js";
import { awsSuffixOf, baseOf, flatParams } from "../kit/request.js";
import { signerV4 } from "../kit/sigv4.js";
import { hiddenKey, layoutsOf, pathOf, type Layout } from "./keys.js";

/**
 * The API of S3 and of stores that are compatible with it: GET requests, signed by Signature Version 4, and
 * XML. Lists of a bucket are ListObjectsV2, in the order of the keys' UTF-8 bytes.
 *
 * Left out: dual-stack, FIPS and accelerated hosts, which `endpoint` can name; buckets that pay for requests;
 *           directory buckets, whose lists have no order.
 * Source:   https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and ErrorResponses.html,
 *           read 2026-11-29.
 */
export function s3Api(account: S3Account): VendorApi {
  const layouts = layoutsOf(account.buckets);
  return {
    request: (call) => requestOf(account, layouts, call),
    authenticator: signedBy(signerV4(account.credentials)),
    decode: parseXml,
    codes: CODES,
    open: (body, status, headers, call) => {
      const named = Number(call?.params["bucket"] ?? 0);
      const about = { account, layout: layouts[named] ?? null, action: call?.action ?? "" };
      return opened({ body, status, headers }, about, call);
    },
    // Each call costs money. S3 itself allows thousands of calls a second.
    rate: 2,
    permission: () => "s3:ListBucket",
  };
}

const EMPTY_BODY = hash("sha256", "");

/**
 * The URL of a bucket, or of an object in it.
 *
 * The base URL of an account is that of its store; the bucket is the first segment of the path or, with
 * virtual addressing, the first label of the host.
 */
export function urlOf(
  { endpoint, region }: Pick<S3Account, "endpoint" | "region">,
  { name, addressing }: Pick<Layout, "name" | "addressing">,
  key = "",
): URL {
  const { protocol, host } = baseOf(endpoint, `https://s3.${region}.${awsSuffixOf(region)}`);
  if (addressing === "virtual") return new URL(`${protocol}//${name}.${host}/${pathOf(key)}`);
  return new URL(`${protocol}//${host}/${name}${key === "" ? "" : `/${pathOf(key)}`}`);
}

/** What a list is asked for, before it becomes a query. */
export interface ListQuestion {
  readonly layout: Layout;
  /** The instance whose keys are listed; null for all. */
  readonly instance: string | null;
  /** Bounds of a window as epoch milliseconds; null where the window is open. */
  readonly since: number | null;
  readonly until: number | null;
}

/** The list that a call asks for. */
export function questionOf(layouts: readonly Layout[], params: VendorCall["params"]): ListQuestion {
  const layout = layouts[Number(params["bucket"] ?? 0)];
  if (layout === undefined) throw new RangeError("The account has no such bucket.");
  const numberIn = (name: string) => {
    const value = params[name] ?? null;
    return value === null ? null : Number(value);
  };
  const instance = typeof params["instance"] === "string" ? hiddenKey(params["instance"]) : null;
  return { layout, instance, since: numberIn("since"), until: numberIn("until") };
}

/** The text that all keys of a list begin with. */
const prefixOf = ({ layout, instance }: ListQuestion): string =>
  (instance === null ? null : layout.template.prefixOf(instance)) ?? layout.template.prefix;

/** A key at or before all keys of an instance that start then; null for lists without a window. */
export function boundOf(question: ListQuestion, instant: number | null): string | null {
  const { range } = question.layout.template;
  if (instant === null || range === null) return null;
  return prefixOf(question) + range.text(question.layout.toStart(instant));
}

function requestOf(
  account: S3Account,
  layouts: readonly Layout[],
  { params }: VendorCall,
): UnsignedRequest {
  const question = questionOf(layouts, params);
  const { layout, since } = question;
  const place = typeof params["after"] === "string" ? params["after"] : null;
  const query = flatParams(
    {
      "list-type": 2,
      "encoding-type": "url",
      "max-keys": params["max-keys"],
      delimiter: params["delimiter"],
      prefix: prefixOf(question),
      ...(place === null
        ? { "start-after": boundOf(question, since === null ? null : since - layout.slackMs) }
        : placeParams(place)),
    },
    1,
  );
  return {
    method: "GET",
    url: urlOf(account, layout),
    query,
    headers: { accept: "application/xml", "x-amz-content-sha256": EMPTY_BODY },
    scope: { service: "s3", region: account.region },
  };
}

/**
 * The place of a page as a text: behind a key, which stays valid whatever happens to the list, or the
 * store's own token where no key can name the place.
 */
export const placeBehind = (key: string): string => `>${key}`;
export const placeAtToken = (token: string): string => `=${token}`;

const placeParams = (place: string): Readonly<Record<string, string>> =>
  place.startsWith(">")
    ? { "start-after": place.slice(1) }
    : { "continuation-token": place.slice(1) };

/** What an answer is about, for the messages of errors. */
interface About {
  readonly account: S3Account;
  readonly layout: Layout | null;
  readonly action: string;
}

/** An answer, as far as errors are made of it. */
interface Answer extends Pick<RefusedAnswer, "status" | "requestId"> {
  readonly headers: Readonly<Record<string, string>>;
}

function opened(
  { body, status, headers }: Answer & { readonly body: unknown },
  about: About,
  call: VendorCall | undefined,
): Row {
  const answer = { status, headers, requestId: headers["x-amz-request-id"] };
  const error = isRow(body) ? child(body, "Error") : null;
  if (error !== null) {
    const code = optionalText(error, "Code");
    const requestId = optionalText(error, "RequestId") ?? answer.requestId;
    throw refusal({ ...answer, code, requestId }, meaningIn(code ?? "", error, answer, about));
  }
  const result = isRow(body) ? child(body, "ListBucketResult") : null;
  const moved = regionIn({}, answer, about);
  if (status >= 300 && status < 400 && moved !== null)
    throw refusal({ ...answer, code: "PermanentRedirect" }, wrongRegion(moved, about));
  if (status >= 300 || result === null) throw unknownShape(answer);
  return { ...result, Asked: call?.params ?? {} };
}

function meaningIn(code: string, error: Row, answer: Answer, about: About): Meaning | undefined {
  const region = REDIRECTS.includes(code) ? regionIn(error, answer, about) : null;
  if (region !== null) return wrongRegion(region, about);
  const bucket = about.layout === null ? "the bucket" : `the bucket ${about.layout.name}`;
  if (ELSEWHERE.includes(code))
    return {
      kind: "NOT_FOUND",
      message: `The host does not serve ${bucket}. Set \`region\` and \`endpoint\` of the account to those of the bucket.`,
    };
  if (code === "AccessDenied") {
    const prefix = about.layout?.template.prefix ?? "";
    const scope = prefix === "" ? "" : ` with the prefix ${JSON.stringify(prefix)}`;
    return {
      kind: "FORBIDDEN",
      message: `The account may not list ${bucket}: allow s3:ListBucket on it${scope}.`,
    };
  }
  if (code === "NoSuchBucket")
    return { kind: "NOT_FOUND", message: `The store has no bucket like ${bucket}.` };
  return meaningOf(CODES, code);
}

/** Codes of answers for a bucket in another region. */
const REDIRECTS = [
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  // Also while the name of a new bucket is not yet known everywhere, and then without a region.
  "TemporaryRedirect",
];

/** Those that mean another host also without a region. */
const ELSEWHERE = ["PermanentRedirect", "IllegalLocationConstraintException"];

/** The region that an answer names, if it is another one than that of the account. */
function regionIn(error: Row, { headers }: Answer, { account }: About): string | null {
  const region = optionalText(error, "Region") ?? headers["x-amz-bucket-region"] ?? "";
  return /^[a-z0-9-]{1,32}$/.test(region) && region !== account.region ? region : null;
}

const wrongRegion = (region: string, { layout }: About): Meaning => ({
  kind: "NOT_FOUND",
  message: `${layout === null ? "The bucket" : `The bucket ${layout.name}`} is in the region ${region}. Set \`region\` and \`endpoint\` of the account to it.`,
});

const PATH_REFUSED: Meaning = {
  kind: "FORBIDDEN",
  message: "The store refuses buckets in paths. Set `addressing: virtual` of the bucket.",
};

const BLOCKED: Meaning = {
  kind: "FORBIDDEN",
  message: "The store blocks the account, or the account has not signed up for it.",
};

/**
 * Error codes of S3, and of MinIO, Ceph and Alibaba OSS where they have their own.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, read 2026-11-29.
 */
const CODES: CodeTable = Object.freeze<CodeTable>({
  ...tableOf({
    UNAUTHENTICATED: [
      "AuthorizationHeaderMalformed",
      "InvalidSecurity",
      "MissingSecurityHeader",
      "TokenRefreshRequired",
    ],
    FORBIDDEN: ["AccessDenied"],
    NOT_FOUND: ["IllegalLocationConstraintException", "NoSuchBucket", "PermanentRedirect"],
    THROTTLED: ["SlowDown", "SlowDownRead", "TooManyRequests"],
    TIMEOUT: ["RequestTimeout"],
    UNAVAILABLE: ["InternalError", "OperationAborted", "ServiceUnavailable", "TemporaryRedirect"],
    BAD_RESPONSE: [
      "InvalidArgument",
      "InvalidBucketName",
      "InvalidRequest",
      "InvalidURI",
      "MethodNotAllowed",
      "NotImplemented",
    ],
  }),
  AccountProblem: BLOCKED,
  AllAccessDisabled: BLOCKED,
  NotSignedUp: BLOCKED,
  // Ceph.
  UserSuspended: BLOCKED,
  ExpiredToken: TOKEN_EXPIRED,
  InvalidAccessKeyId: UNKNOWN_KEY,
  InvalidToken: TOKEN_EXPIRED,
  SignatureDoesNotMatch: SECRET_WRONG,
  RequestTimeTooSkewed: { kind: "UNAUTHENTICATED", clockSkew: true },
  SecondLevelDomainForbidden: PATH_REFUSED,
  VirtualHostDomainRequired: PATH_REFUSED,
});
