import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type {
  ElastiCacheInstance,
  MemoryDbInstance,
  ServerlessInstance,
} from "../../src/clouds/estate/types.js";
import { isRow } from "../../src/domain/row.js";
import type { Row } from "../../src/domain/row.js";
import { parseXml } from "../../src/listing/decoder.js";
import { signSigV4 } from "./documentedSigning.js";
import { NOW, rowAt } from "./wire.js";

const DAY = 86_400_000;

/** The parts of a signed call that may be wrong. */
export interface AwsChanges {
  readonly id?: string;
  readonly secret?: string;
  readonly token?: string;
  readonly region?: string;
  readonly service?: string;
  readonly at?: number;
  readonly version?: string;
}

/** An answer of AWS. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Row;
}

async function post(
  clouds: Clouds,
  {
    headers,
    body,
    service,
  }: {
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly service: string;
  },
  changes: AwsChanges,
): Promise<{ readonly response: Response; readonly text: string }> {
  const origin = clouds.endpoints.aws;
  const request = signSigV4({
    key: { ...DEMO_KEYS.aws, ...changes },
    host: new URL(origin).host,
    region: changes.region ?? "eu-west-1",
    service: changes.service ?? service,
    headers,
    body,
    now: changes.at ?? NOW,
  });
  const response = await fetch(`${origin}/`, {
    method: "POST",
    headers: request.headers,
    body,
  });
  return { response, text: await response.text() };
}

/** Asks ElastiCache by the Query protocol. */
export async function askElastiCache(
  clouds: Clouds,
  action: string,
  params: Readonly<Record<string, string>> = {},
  changes: AwsChanges = {},
): Promise<AwsAnswer> {
  const form = { Action: action, Version: changes.version ?? "2015-02-02", ...params };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const call = { headers, body: new URLSearchParams(form).toString(), service: "elasticache" };
  const { response, text } = await post(clouds, call, changes);
  const parsed: unknown = parseXml(text);
  if (!isRow(parsed)) throw new Error(`No XML: ${text}`);
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** The result of a good answer of ElastiCache. */
export async function elastiCache(
  clouds: Clouds,
  action: string,
  params: Readonly<Record<string, string>> = {},
  changes: AwsChanges = {},
): Promise<Row> {
  const { body, text } = await askElastiCache(clouds, action, params, changes);
  const response = body[`${action}Response`];
  if (!isRow(response)) throw new Error(text);
  return rowAt(response, `${action}Result`);
}

/** The rows of a list in XML. An empty element is an empty list. */
export function members(result: Row, wrapper: string, member: string): Row[] {
  const found = result[wrapper];
  if (found === "") return [];
  if (!isRow(found)) throw new Error(`No list ${wrapper} in ${JSON.stringify(result)}.`);
  const inner = found[member];
  return (Array.isArray(inner) ? (inner as unknown[]) : [inner]).filter(isRow);
}

/** Asks MemoryDB by AWS JSON 1.1. */
export async function askMemoryDb(
  clouds: Clouds,
  action: string,
  params: Row | string = {},
  changes: AwsChanges = {},
): Promise<AwsAnswer> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `AmazonMemoryDB.${action}`,
  };
  const body = typeof params === "string" ? params : JSON.stringify(params);
  const { response, text } = await post(clouds, { headers, body, service: "memorydb" }, changes);
  const parsed: unknown = JSON.parse(text);
  if (!isRow(parsed)) throw new Error(`No object: ${text}`);
  return { status: response.status, headers: response.headers, text, body: parsed };
}

const facts = {
  region: "eu-west-1",
  zone: "eu-west-1a",
  name: "",
  status: "available",
  engine: "valkey",
  engineVersion: "8.0.1",
  description: "",
  memoryMb: 4096,
  createdAt: NOW - 100 * DAY,
  deletedAt: null,
  shardCount: 1,
  retentionDays: 7,
  encrypted: true,
  kmsKey: null,
  tags: {},
} as const;

export const group = (changes: Partial<ElastiCacheInstance> = {}): ElastiCacheInstance => ({
  ...facts,
  product: "AWS_ELASTICACHE",
  nativeId: "orders",
  kind: "group",
  clusterMode: true,
  replicas: 1,
  ...changes,
});

export const serverless = (changes: Partial<ServerlessInstance> = {}): ServerlessInstance => ({
  ...facts,
  product: "AWS_ELASTICACHE_SERVERLESS",
  nativeId: "carts",
  ...changes,
});

export const memoryDb = (changes: Partial<MemoryDbInstance> = {}): MemoryDbInstance => ({
  ...facts,
  product: "AWS_MEMORYDB",
  nativeId: "orders",
  replicas: 1,
  ...changes,
});
