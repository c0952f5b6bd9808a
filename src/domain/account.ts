/** Limits of the calls to one vendor account. Times are in milliseconds, rates in calls per second. */
export interface UpstreamSettings {
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly concurrency: number;
  /** Calls per second and action. Null uses the rate that the vendor declares. */
  readonly rate: number | null;
  readonly retries: number;
  /** Of one body, after decompression. */
  readonly maxResponseBytes: number;
  /** Whether a list that shows fewer rows than the vendor counts is short. */
  readonly trustTotals: boolean;
  /** By default, connections are direct and trust the system's authorities. */
  readonly network?: NetworkSettings;
}

/** How connections to the hosts of an account are made. */
export interface NetworkSettings {
  /** URLs of proxies, possibly with a password, by the scheme of the request. Empty if there is none. */
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts without a proxy, in the form of the environment variable NO_PROXY. */
  readonly noProxy: string;
  /** PEM of authorities besides the system's. */
  readonly ca: string | null;
}

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the credentials of an account are read from, if they are not in the config file. */
export type CredentialSource =
  | { /** An absolute path. */ readonly file: string }
  | {
      /** A program and its arguments. No shell interprets them. */
      readonly command: readonly string[];
      /** Environment variables that the program gets besides PATH and HOME. */
      readonly environment: readonly string[];
      /** The folder in which the program runs. */
      readonly folder: string;
    };

/** Credentials that were read. */
export interface ReadCredentials {
  readonly credentials: Account["credentials"];
  /** Epoch milliseconds. Null if they do not expire. */
  readonly expiresAt: number | null;
  /** The version of the file. Null for a command. */
  readonly version: string | null;
}

/** Reads the credentials of one account. */
export interface CredentialReader {
  /** Where they come from, for people. */
  readonly origin: string;
  /** @throws {SourceError} UNAUTHENTICATED. Its message quotes nothing that was read. */
  read(signal: AbortSignal): Promise<ReadCredentials>;
  /** A text that changes when the file does. Null if there is no file. Absent for a command. */
  readonly version?: () => Promise<string | null>;
}

interface AccountBase {
  /** Unique. It is part of provider keys. */
  readonly id: string;
  /** Regions to read. Null reads all that the vendor lists. */
  readonly regions: readonly string[] | null;
  /** Base URL. Null uses the vendor's own. */
  readonly endpoint: string | null;
  /** If set, `credentials` holds empty texts, and what is read takes their place. */
  readonly credentialSource?: CredentialSource;
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
  /** Used by API 2.0 only. API 3.0 always signs with TC3-HMAC-SHA256. */
  readonly signatureMethod: "HmacSHA256" | "HmacSHA1";
  readonly credentials: {
    readonly secretId: string;
    readonly secretKey: string;
    readonly token: string | null;
  };
  /** IANA name of the time zone of the vendor's times, which carry no zone. */
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
  /** How far back lists go, in milliseconds. Null goes back to the instance's creation. */
  readonly lookbackMs: number | null;
}

/** Keys of AWS or of an S3-compatible store. Temporary ones have a session token. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface AwsAccount extends AccountBase {
  readonly vendor: "aws";
  readonly credentials: AwsCredentials;
  readonly products: readonly ("elasticache" | "elasticache-serverless" | "memorydb")[];
  /** Base URLs of single services. Null uses `endpoint`. */
  readonly endpoints: { readonly elasticache: string | null; readonly memorydb: string | null };
}

/** A bucket, and how its keys are built. */
export interface S3Bucket {
  readonly name: string;
  /** The template of its keys; see `readKeyTemplate`. */
  readonly key: string;
  /** The shards that a backup should have; null if nothing says how many. */
  readonly shards: number | null;
  /** IANA name of the time zone of the starts in its keys. */
  readonly timeZone: string;
  /** Whether the bucket is in the path of URLs or in their host. */
  readonly addressing: "path" | "virtual";
}

export interface S3Account extends AccountBase {
  readonly vendor: "s3";
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly buckets: readonly S3Bucket[];
  /** How long lists are fresh at least, in milliseconds. Null uses the time that the vendor declares. */
  readonly ttlMs: number | null;
}

/** One account of the config file, with all defaults. */
export type Account = UCloudAccount | TencentAccount | AlibabaAccount | AwsAccount | S3Account;
