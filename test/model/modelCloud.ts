import type { Account } from "../../src/domain/account.js";
import type { MappedBackup } from "../../src/domain/backup.js";
import type { InstanceTag } from "../../src/domain/instance.js";
import { isRow, type Row } from "../../src/domain/row.js";
import { SourceError } from "../../src/errors.js";
import type { CallContext } from "../../src/http/bounds.js";
import type { HttpCall, HttpClient } from "../../src/http/client.js";
import { encodedRequest, signedBy } from "../../src/listing/authenticator.js";
import { parseJson } from "../../src/listing/decoder.js";
import type { ListShape, PageAnswer, PageQuestion } from "../../src/listing/shape.js";
import type {
  BackupListing,
  FactsDeclaration,
  InstanceListing,
  ProductDeclaration,
  VendorApi,
  VendorCall,
  VendorDeclaration,
} from "../../src/listing/declaration.js";
import { NOTHING_SAID } from "../../src/vendors/kit/lists.js";
import type { ModelRow } from "./modelList.js";

/** One question to a model cloud, as its wire carries it. */
export interface CloudQuestion {
  readonly account: string;
  readonly action:
    "ListRegions" | "ListInstances" | "ListBackups" | "ListRegionBackups" | "ListTags";
  readonly region: string | null;
  readonly instance: string | null;
  readonly page: PageQuestion;
}

/** How one account's product is declared; every account has one product, `model`. */
export interface CloudProduct {
  readonly backups: ListShape;
  readonly instances: ListShape;
  /** The shape of the region-wide list; null where there is none. */
  readonly wide: ListShape | null;
  readonly sharded: boolean;
  /** Whether the tags of an instance take a call of their own. */
  readonly tagsByCall: boolean;
  readonly lookbackMs: number | null;
}

/** The instances of an account as its wire shows them. */
export interface InstanceFacts {
  readonly name: string;
  readonly tags: readonly InstanceTag[];
  readonly createdAt: number | null;
  readonly shardCount: number | null;
}

/** The code with which a model cloud refuses a region-wide list. */
export const REFUSED = "NotAllowed";

/** The code with which a model cloud refuses the token of a page. */
export const TOKEN_REFUSED = "TokenExpired";

const account = (id: string): Account => ({
  vendor: "ucloud",
  id,
  regions: null,
  endpoint: null,
  upstream: {
    timeoutMs: 1,
    deadlineMs: 1,
    concurrency: 1,
    rate: null,
    retries: 0,
    maxResponseBytes: 1,
    trustTotals: true,
  },
  credentials: { publicKey: "p", privateKey: "k" },
  projectId: null,
  products: ["uredis"],
});

export const accountsOf = (products: readonly CloudProduct[]): Account[] =>
  products.map((_, index) => account(`a${index}`));

/** The name of the provider of the account at an index. */
export const providerKey = (index: number): string => `a${index}/model`;

/** The vendor of a model cloud: pages and windows go over the wire as they are. */
export const vendorOfModel = (products: readonly CloudProduct[]): VendorDeclaration<Account> => ({
  vendor: "UCLOUD",
  account: "ucloud",
  api,
  products: ({ id }) => [declare(products[Number(id.slice(1))] as CloudProduct)],
});

const api = ({ id }: Account): VendorApi => ({
  request: (call) => ({
    method: "POST",
    url: new URL("http://model"),
    headers: {},
    body: JSON.stringify({ account: id, ...call }),
  }),
  authenticator: signedBy(encodedRequest),
  decode: parseJson,
  codes: {},
  open: (body) => body as Row,
  rate: 1,
  permission: (action) => action,
});

/** The question that a request's body asks. */
export function questionOf(body: string): CloudQuestion {
  const {
    account: id,
    action,
    region,
    params,
  } = JSON.parse(body) as VendorCall & {
    account: string;
  };
  const { since, until, size, at, instance } = params as Readonly<Record<string, unknown>>;
  const window = since === undefined ? null : { since: Number(since), until: Number(until) };
  return {
    account: id,
    action: action as CloudQuestion["action"],
    region: region?.id ?? null,
    instance: (instance ?? null) as string | null,
    page: { window, size: Number(size), at: (at ?? null) as string | number | null },
  };
}

const named = (shape: ListShape): ListShape => ({
  ...shape,
  page: {
    ...shape.page,
    offset: "at",
    limit: "size",
    page: "at",
    size: "size",
    token: "at",
  } as never,
  window: shape.window === null ? null : { ...shape.window, since: "since", until: "until" },
});

const rowsOf = (payload: Row): readonly unknown[] => payload["rows"] as unknown[];
const totalOf = (payload: Row): number | null => payload["total"] as number | null;
const nextOf = (payload: Row): string | null => payload["next"] as string | null;

function declare(product: CloudProduct): ProductDeclaration {
  const own = listing("backups", "ListBackups", product.backups, product.sharded);
  return {
    vendor: "UCLOUD",
    product: "UCLOUD_UREDIS",
    word: "model",
    capabilities: { reach: "", notes: [] },
    undecided: [],
    regions: {
      name: "regions",
      action: "ListRegions",
      params: () => ({}),
      rows: rowsOf,
      keyOf: (row) => String(row["id"]),
      map: (row) => ({ id: String(row["id"]), endpoint: null }),
    },
    instances: [instanceListing(product)],
    ...(product.tagsByCall ? { facts: [TAGS] } : {}),
    perInstance: [own],
    wide:
      product.wide === null
        ? null
        : { ...listing("region", "ListRegionBackups", product.wide, false), scope: "region" },
    downloads: { calls: () => [], map: () => [] },
    lookbackMs: product.lookbackMs,
  };
}

const TAGS: FactsDeclaration = {
  name: "tags",
  action: "ListTags",
  shows: ["tags"],
  most: 1,
  params: ([instance]) => ({ instance: instance?.nativeId }),
  map: ({ tags }, instances) =>
    new Map(instances.map(({ nativeId }) => [nativeId, { tags: tags as InstanceTag[] }])),
};

const instanceListing = ({ instances: shape, tagsByCall }: CloudProduct): InstanceListing => ({
  name: "instances",
  action: "ListInstances",
  scope: "region",
  words: {},
  shape: named(shape),
  params: () => ({}),
  rows: rowsOf,
  total: totalOf,
  nextToken: nextOf,
  tokenRefusedOn: [TOKEN_REFUSED],
  keyOf: (row) => String(row["id"]),
  map: (row) => ({
    nativeId: String(row["id"]),
    name: String(row["name"]),
    tags: tagsByCall ? null : (row["tags"] as InstanceTag[]),
    zone: null,
    status: "RUNNING",
    vendorStatus: null,
    engineVersion: null,
    memoryBytes: null,
    createdAt: row["createdAt"] as number | null,
    shardCount: row["shardCount"] as number | null,
    listing: "backups",
  }),
});

const listing = (
  name: string,
  action: CloudQuestion["action"],
  shape: ListShape,
  sharded: boolean,
): BackupListing => ({
  name,
  action,
  scope: "instance",
  shape: named(shape),
  params: ({ instance }) => ({ instance: instance?.nativeId }),
  formatInstant: String,
  rows: rowsOf,
  total: totalOf,
  nextToken: nextOf,
  tokenRefusedOn: [TOKEN_REFUSED],
  keyOf: (row) => String(row["key"]),
  map: (row) => backupOf(row),
  refusedBy: [REFUSED],
  windowTooWideOn: ["WindowTooWide"],
  ...(sharded ? { shards: { withinMs: 600_000, settlesMs: 21_600_000 } } : {}),
  words: {},
  sizes: "exact",
  withoutLinks: (row) => row,
});

const backupOf = (row: Row): MappedBackup => ({
  ...NOTHING_SAID,
  startedAt: row["startedAt"] as number,
  instanceNativeId: row["instance"] as string,
  nativeId: row["nativeId"] as string,
  status: row["status"] as "SUCCEEDED",
  trigger: "MANUAL",
  finishedAt: row["finishedAt"] as number | null,
  shard: row["shard"] as string | null,
});

/** A page as the wire carries it. */
export const payloadOf = ({ rows, total, next }: PageAnswer<ModelRow>): Row => ({
  rows: rows.map(({ key, startedAt, finishedAt, facts }) => ({
    key,
    nativeId: key,
    startedAt,
    finishedAt,
    shard: null,
    ...facts,
  })),
  total,
  next,
});

/** An HTTP client that answers from a model, in its own time. */
export const modelHttp = (
  answer: (question: CloudQuestion, context: CallContext) => Row | Promise<Row>,
): HttpClient => ({
  send: async <T>(call: HttpCall<T>, context: CallContext): Promise<T> => {
    call.admitted?.();
    await undefined;
    const { body = "" } = call.request({ now: 0, nonce: "" });
    const payload = await answer(questionOf(body), context);
    if (!isRow(payload)) throw new SourceError("BAD_RESPONSE", "No answer.");
    return call.open({ status: 200, headers: {}, body: JSON.stringify(payload) });
  },
  health: () => ({
    breaker: "closed",
    lastSuccessAt: null,
    lastFailure: null,
    isFailing: false,
    callsLeft: null,
  }),
  state: () => ({ isFailing: false, offsetMs: 0 }),
  forget: () => undefined,
  close: async () => undefined,
});
