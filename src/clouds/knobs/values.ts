import type { RowOrder } from "../estate/types.js";

/** How many calls a vendor lets through before it answers with its own throttle error. */
export type Throttle =
  | { /** Every so many calls one is refused. */ readonly everyNth: number }
  | { /** Calls a second over all actions; more are refused. */ readonly perSecond: number };

/** Knobs that every vendor's origin has. */
export interface CommonKnobs {
  readonly order: RowOrder;
  /** Waited before each answer. */
  readonly latencyMs: number;
  readonly throttle: Throttle | null;
  /** No page holds more rows, whatever is asked, and nobody is told. */
  readonly pageCap: number | null;
  /** `exact`, not sent at all, or wrong by so many rows. */
  readonly totals: "exact" | "absent" | number;
  /** The instant of a row that decides whether it lies in a window. */
  readonly windowSelects: "start" | "end";
}

export interface UCloudKnobs extends CommonKnobs {
  /** Whether the region-wide URedis list is answered, or refused with RetCode 220. */
  readonly wide: "allowed" | "refused";
  /** Whether DescribeUMemBackup sends TotalCount. */
  readonly umemTotal: "given" | "absent";
  /** Whether DescribeUMemBackup has one row a backup, or the same row once for each shard. */
  readonly umemRows: "perBackup" | "perShard";
  /** Whether RetCode is a number or, as some gateways send it, text. */
  readonly retCode: "number" | "text";
}

export interface TencentKnobs extends CommonKnobs {
  /** Whether API 2.0 writes numbers as numbers or as text. */
  readonly numbers: "number" | "text";
  /** The states that API 3.0 lets `Status` name: all, 1 and 2 only, or none but its default. */
  readonly statuses: "all" | "oneAndTwo" | "refused";
}

export interface AlibabaKnobs extends CommonKnobs {
  /** Today's flat JSON, or the wrapped JSON of texts that the first document shows. */
  readonly json: "flat" | "wrapped";
}

/** Every knob of every vendor. */
export interface KnobValues {
  readonly ucloud: UCloudKnobs;
  readonly tencent: TencentKnobs;
  readonly alibaba: AlibabaKnobs;
}

const COMMON: CommonKnobs = {
  order: "newestFirst",
  latencyMs: 0,
  throttle: null,
  pageCap: null,
  totals: "exact",
  windowSelects: "start",
};

/** How the clouds behave unless told otherwise. */
export const DEFAULT_KNOBS: KnobValues = {
  ucloud: {
    ...COMMON,
    wide: "allowed",
    umemTotal: "given",
    umemRows: "perBackup",
    retCode: "number",
  },
  tencent: { ...COMMON, numbers: "number", statuses: "all" },
  alibaba: { ...COMMON, json: "flat" },
};
