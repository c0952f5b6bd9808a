/** Limits of the calls to one vendor account. Times are milliseconds, rates calls a second. */
export interface UpstreamSettings {
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly concurrency: number;
  /** Calls a second per action; null takes the vendor declaration's own figure. */
  readonly rate: number | null;
  readonly retries: number;
  readonly maxResponseBytes: number;
}

interface AccountBase {
  /** Unique; a part of provider keys. */
  readonly id: string;
  /** Regions to read; null for all that the vendor lists. */
  readonly regions: readonly string[] | null;
  /** Base URL; null for the vendor's own. */
  readonly endpoint: string | null;
  readonly upstream: UpstreamSettings;
}

export interface UCloudAccount extends AccountBase {
  readonly vendor: "ucloud";
  readonly credentials: { readonly publicKey: string; readonly privateKey: string };
  readonly projectId: string | null;
  readonly products: readonly ("uredis" | "umem")[];
}

export interface TencentAccount extends AccountBase {
  readonly vendor: "tencent";
  readonly api: "3.0" | "2.0";
  /** Only API 2.0 asks; 3.0 always signs with TC3-HMAC-SHA256. */
  readonly signatureMethod: "HmacSHA256" | "HmacSHA1";
  readonly credentials: {
    readonly secretId: string;
    readonly secretKey: string;
    readonly token: string | null;
  };
  /** IANA name of the zone that the vendor's zone-less times are in. */
  readonly timeZone: string;
}

export interface AlibabaAccount extends AccountBase {
  readonly vendor: "alibaba";
  readonly signature: "v3" | "v1";
  readonly credentials: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string | null;
  };
  /** How far back lists go, in milliseconds; null reaches back to the instance's creation. */
  readonly lookbackMs: number | null;
}

/** One account of the config file, with every default filled in. */
export type Account = UCloudAccount | TencentAccount | AlibabaAccount;
