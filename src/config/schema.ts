import { z } from "zod";
import { SCOPES } from "../domain/principal.js";
import { accountsSchema, upstreamSchema } from "./accounts.js";
import { policiesSchema } from "./policies.js";
import {
  arrayOf,
  duration,
  flag,
  isHost,
  isRedisUrl,
  isSecureUrl,
  listOf,
  oneOf,
  optional,
  origin,
  section,
  sha256,
  share,
  textLike,
  textThat,
  whole,
} from "./fields.js";

/** Signature algorithms of tokens. Only those with a public key. */
const RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;
const JWT_ALGORITHMS = [...RSA, "ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const BASE64_32 = "32 bytes in base64 (openssl rand -base64 32)";
/** Tags that become labels. */
const MOST_TAGS = 10;
const host = textThat(isHost, "a host name or an IP address").transform((text) =>
  text.toLowerCase(),
);

/** A flag of what only developers need. */
const openFlag = (text: string) =>
  optional(
    flag().describe(`${text} By default on, except if auth is on and NODE_ENV is production.`),
  );

const cursorKey = z
  .union(
    [
      textLike(/^(?:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?)?$/, BASE64_32).meta({ writeOnly: true }),
      listOf(
        textLike(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/, BASE64_32).meta({ writeOnly: true }),
        `a list of keys, each ${BASE64_32}`,
      ),
    ],
    { error: `must be ${BASE64_32}, or a list of such keys` },
  )
  .transform((keys) => (typeof keys === "string" ? [keys].filter((key) => key !== "") : keys))
  .describe(
    "Key that authenticates cursors, or a list of keys: the first makes new cursors, and all are accepted. It must be the same on every replica, and it is required with cache.url. By default, a new key is made at start.",
  )
  .meta({ writeOnly: true });

const server = section({
  host: host
    .describe(
      "Address to listen on. GATEWAY_HOST overrides it. Only loopback addresses are allowed while auth.mode is none.",
    )
    .prefault("127.0.0.1"),
  port: whole(0, 65_535)
    .describe("Port to listen on. PORT overrides it. 0 uses any free port.")
    .prefault(4000),
  hosts: listOf(host, "a list of host names", 0)
    .describe(
      "Other names that clients use for the gateway, without port, such as those of a proxy. If the gateway listens on a single address, it refuses requests for any other name.",
    )
    .prefault([]),
  graphiql: openFlag("Serves GraphiQL."),
  page: openFlag("Serves the coverage page at /."),
  introspection: openFlag("Lets clients read the schema."),
  cursorKey: cursorKey.optional(),
  corsOrigins: listOf(origin(), "a list of origins", 0)
    .describe("Origins of other sites whose pages may call the API, exactly as browsers send them.")
    .prefault([]),
  trustProxy: flag()
    .describe("Reads the client's address from X-Forwarded-For. Use it only behind a proxy.")
    .prefault(false),
  metrics: section({
    host: host
      .describe("Address of the metrics listener. 127.0.0.1 if only the port is set.")
      .optional(),
    port: whole(0, 65_535)
      .describe("Port of the metrics listener; 0 uses any free port. 9464 if only the host is set.")
      .optional(),
    tags: listOf(
      textLike(/^.{1,128}$/, "a tag's key of 1 to 128 characters"),
      "a list of keys of tags",
      0,
    )
      .max(MOST_TAGS, { error: `must be a list of at most ${MOST_TAGS} keys of tags` })
      .describe(
        "Keys of tags of instances that become labels of the metrics about instances. Characters that a label cannot have become underscores; values are cut at 128 characters. At most 10.",
      )
      .prefault([]),
  })
    .describe(
      "With host or port, /metrics has a port of its own. Otherwise it is on the main port, and needs the scope metrics:read unless auth.mode is none.",
    )
    .prefault({}),
  execution: oneOf(["compiled", "interpreted"])
    .describe("How operations run: compiled and cached, or interpreted every time.")
    .prefault("compiled"),
  compression: flag()
    .describe("Compresses answers for clients that accept gzip. Leave it off if a proxy does it.")
    .prefault(false),
  logLevel: oneOf(LOG_LEVELS).describe("The lowest level that is logged.").prefault("info"),
})
  .describe("How the gateway listens and what it serves.")
  .prefault({});

const word = textLike(/^\S(?:.*\S)?$/, "text that is not empty");

const federation = section({
  enabled: flag()
    .describe("Serves _service and _entities. If auth is on, it also needs a secret.")
    .prefault(true),
  secretSha256: optional(
    sha256(/^(?:[0-9a-fA-F]{64})?$/).describe(
      "SHA-256 of the secret that requests for _service and _entities must send in x-gateway-secret.",
    ),
  ),
})
  .describe("The gateway as a federation subgraph.")
  .prefault({});

const apiKey = section({
  name: word.describe("Name of the key's owner. It is unique and appears in logs."),
  sha256: sha256().describe(
    "SHA-256 of the key in hex, never the key itself. Other characters than ASCII are accepted in x-api-key only, sent as UTF-8.",
  ),
  scopes: listOf(oneOf(SCOPES), `a list of ${SCOPES.join(", ")}`).describe(
    "The scopes of the key.",
  ),
  accounts: optional(
    listOf(
      word,
      "a list of at least one account id (without the list, the key sees all accounts)",
    ).describe("Ids of the accounts that the key sees. By default, all of them."),
  ),
}).describe("One API key.");

const jwt = section({
  issuer: word.describe("The iss claim that tokens must have."),
  audience: word.describe("The aud claim that tokens must have."),
  jwksUri: textThat(isSecureUrl, "an https URL (http is allowed for loopback hosts)")
    .describe("URL of the issuer's keys. If several fit a token, the token needs a kid.")
    .meta({ format: "uri" }),
  algorithms: listOf(oneOf(JWT_ALGORITHMS), `a list of ${JWT_ALGORITHMS.join(", ")}`)
    .describe("Signature algorithms that are accepted.")
    .prefault(["RS256"]),
  scopesClaim: word
    .describe("Claim with the scopes. A missing or malformed claim grants nothing.")
    .prefault("scope"),
  accountsClaim: word
    .describe("Claim with the account ids. A missing or malformed claim grants nothing.")
    .prefault("backup_accounts"),
}).describe("How bearer tokens are verified. Required for mode jwt.");

const auth = section({
  mode: oneOf(["none", "apiKey", "jwt"])
    .describe(
      "Who may call the API: everyone on this machine, clients with an API key, or clients with a token.",
    )
    .prefault("none"),
  apiKeys: arrayOf(apiKey, "a list of API keys", 0)
    .describe(
      'API keys. Clients send them as "Authorization: Bearer <key>" or "x-api-key: <key>". Required for mode apiKey.',
    )
    .optional(),
  jwt: jwt.optional(),
})
  .describe("Who may call the API, and what they may see.")
  .prefault({});

const cache = section({
  ttl: duration("PT0S", "P7D")
    .describe(
      "How long data is fresh after it was read. PT0S turns off all caching, including staleIfError.",
    )
    .prefault("PT30S"),
  staleIfError: duration("PT0S", "P7D")
    .describe(
      "How long older data may replace the answer of a vendor that fails. It is reported as STALE.",
    )
    .prefault("PT10M"),
  refresh: section({
    share: share()
      .describe(
        "Share of each account's quota that background refreshes may use. 0 turns them off.",
      )
      .prefault(0.5),
  })
    .describe("Background refreshes, for accounts with too many instances to read in one request.")
    .prefault({}),
  url: optional(
    textThat((text) => text === "" || isRedisUrl(text), "a redis:// or rediss:// URL")
      .describe(
        "Redis or Valkey server that replicas share. It needs server.cursorKey. By default, the cache is in memory.",
      )
      .meta({ format: "uri", writeOnly: true }),
  ),
})
  .describe("How vendor data is cached.")
  .prefault({});

const limits = section({
  first: whole(1).describe("The largest page that a client may request.").prefault(200),
  depth: whole(1).describe("Levels of nested fields.").prefault(15),
  aliases: whole(0).describe("Aliases in one operation.").prefault(30),
  rootFields: whole(1).describe("Root fields in one operation.").prefault(20),
  directives: whole(0).describe("Directives in one operation.").prefault(10),
  tokens: whole(1).describe("Lexical tokens in one document.").prefault(2000),
  cost: whole(1)
    .describe(
      "Objects that the largest possible answer may hold. Every 250 characters of a filter count as one.",
    )
    .prefault(10_000),
  vendorCalls: whole(1)
    .describe(
      "Vendor calls of one operation. Lists, coverage and statistics are cut there. An operation that may need more calls for single objects (download links, tags, backups of each instance) is refused before it runs.",
    )
    .prefault(2000),
  entities: whole(1).describe("Representations in one _entities request.").prefault(1000),
  bodyBytes: whole(1)
    .describe("Bytes of a request body. A cursor takes at most half of them.")
    .prefault(262_144),
  scanRows: whole(1)
    .describe("Rows that may be read from one vendor list at a time.")
    .prefault(20_000),
  requestsPerMinute: whole(0)
    .describe(
      "Points per minute and caller, over all replicas. A request costs one point, and one more for each 1,000 objects that its answer may hold. A caller is an API key, the subject of a token or, without authentication, an address. 0 means no limit.",
    )
    .prefault(600),
  maxEventLoopDelay: duration("PT0.01S", "PT1M")
    .describe("Event loop delay above which requests are refused as OVERLOADED.")
    .prefault("PT1S"),
})
  .describe("Limits of one request.")
  .prefault({});

/** The config file. */
export const configSchema = section({
  $schema: z
    .string({ error: "must be text" })
    .describe("URL of this schema, for editors.")
    .optional(),
  server,
  federation,
  auth,
  accounts: accountsSchema,
  policies: policiesSchema,
  upstream: upstreamSchema.prefault({}),
  cache,
  limits,
}).describe("Configuration of redis-backup-gateway.");

/** The parsed config file with defaults. `resolveConfig` turns it into the config of the program. */
export type ParsedConfig = z.output<typeof configSchema>;
