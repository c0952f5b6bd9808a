import type { RowOrder } from "../estate/types.js";

/** How many calls a vendor accepts before it answers with its throttle error. */
export type Throttle =
  | { /** One in this many calls is refused. */ readonly everyNth: number }
  | {
      /** Calls per second over all actions. Further calls are refused. */ readonly perSecond: number;
    };

/** The knobs of every vendor. */
export interface CommonKnobs {
  readonly order: RowOrder;
  /** The delay before each answer. */
  readonly latencyMs: number;
  readonly throttle: Throttle | null;
  /** The largest page, whatever the client requests. Answers do not mention it. */
  readonly pageCap: number | null;
  /** `exact`, absent, or wrong by this many rows. */
  readonly totals: "exact" | "absent" | number;
  /** The instant of a row that windows apply to. */
  readonly windowSelects: "start" | "end";
}

export interface UCloudKnobs extends CommonKnobs {
  /** Whether the region-wide URedis list works, or is refused with RetCode 220. */
  readonly wide: "allowed" | "refused";
  /** Whether DescribeUMemBackup sends TotalCount. */
  readonly umemTotal: "given" | "absent";
  /** Whether DescribeUMemBackup has one row for each backup, or the same row for each shard. */
  readonly umemRows: "perBackup" | "perShard";
  /** Whether RetCode is a number or, as some gateways send it, text. */
  readonly retCode: "number" | "text";
}

export interface TencentKnobs extends CommonKnobs {
  /** Whether API 2.0 writes numbers as numbers or as text. */
  readonly numbers: "number" | "text";
  /** The states that API 3.0 accepts in `Status`: all, only 1 and 2, or only its default. */
  readonly statuses: "all" | "oneAndTwo" | "refused";
}

export interface AlibabaKnobs extends CommonKnobs {
  /** The current flat JSON, or the wrapped JSON of texts in the first document. */
  readonly json: "flat" | "wrapped";
}

/** AWS counts no list, and has no windows, so the knobs for these change nothing. */
export interface AwsKnobs extends CommonKnobs {
  /**
   * What a marker names: the last row of its page, or the number of rows before it, so that rows are repeated
   * or missed when others appear or disappear. `repeating` markers lead to the same page forever.
   */
  readonly markers: "row" | "offset" | "repeating";
  /** How long a marker is valid. */
  readonly markerLifeMs: number;
  /** Whether an empty page with a marker precedes every page but the first. */
  readonly emptyPages: boolean;
  /** Whether the filter by group finds the snapshots of a group without cluster mode. */
  readonly groupFilter: "finds" | "misses";
}

export interface S3Knobs extends CommonKnobs {
  /** The store whose quirks lists have. */
  readonly store: "aws" | "minio" | "ceph";
  /** The region that the bucket was moved to; calls are then answered with a redirect. */
  readonly movedTo: string | null;
}

/** Every knob of every vendor. */
export interface KnobValues {
  readonly ucloud: UCloudKnobs;
  readonly tencent: TencentKnobs;
  readonly alibaba: AlibabaKnobs;
  readonly aws: AwsKnobs;
  readonly s3: S3Knobs;
}

const COMMON: CommonKnobs = {
  order: "newestFirst",
  latencyMs: 0,
  throttle: null,
  pageCap: null,
  totals: "exact",
  windowSelects: "start",
};

/** The default behavior of the clouds. */
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
  aws: {
    ...COMMON,
    markers: "row",
    markerLifeMs: 15 * 60_000,
    emptyPages: false,
    groupFilter: "misses",
  },
  s3: { ...COMMON, store: "aws", movedTo: null },
};
