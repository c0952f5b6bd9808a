import { z } from "zod";
import { accountsSchema, upstreamSchema } from "./accounts.js";
import { authSchema, federationSchema } from "./authSchema.js";
import { decimal, duration, section, textThat, whole } from "./fields.js";
import { isRedisUrl } from "./hosts.js";
import { serverSchema } from "./serverSchema.js";

const cache = section({
  ttl: duration("PT0S", "P7D")
    .describe("How long what was read is fresh. PT0S keeps nothing, staleIfError included.")
    .prefault("PT30S"),
  staleIfError: duration("PT0S", "P7D")
    .describe("How long what was read may stand in for a vendor that fails, named as STALE.")
    .prefault("PT10M"),
  refresh: section({
    share: decimal({ from: 0, max: 1 })
      .describe("Share of each account's quota that refreshing may use; 0 turns it off.")
      .prefault(0.5),
  })
    .describe("Reading again, ahead of the questions, where that takes too long for one of them.")
    .prefault({}),
  url: textThat((text) => text === "" || isRedisUrl(text), "a redis:// or rediss:// URL")
    .transform((text) => (text === "" ? null : text))
    .describe("Redis or Valkey that replicas share; left out, memory. Needs server.cursorKey.")
    .meta({ format: "uri", writeOnly: true })
    .optional(),
})
  .describe("What is kept of vendors' answers.")
  .prefault({});

const limits = section({
  first: whole(1).describe("The largest page that may be asked for.").prefault(200),
  depth: whole(1).describe("Levels of fields.").prefault(15),
  aliases: whole(0).describe("Aliases in one operation.").prefault(30),
  rootFields: whole(1).describe("Fields at the root.").prefault(20),
  directives: whole(0).describe("Directives in one operation.").prefault(10),
  tokens: whole(1).describe("Lexical tokens in one document.").prefault(2000),
  cost: whole(1).describe("Objects that the answer may hold at worst.").prefault(10_000),
  vendorCalls: whole(1)
    .describe("Distinct sources times one page, counted before anything runs.")
    .prefault(2000),
  entities: whole(1).describe("Representations in one _entities question.").prefault(1000),
  bodyBytes: whole(1).describe("Bytes of a request's body.").prefault(262_144),
  scanRows: whole(1).describe("Rows that one slice of a vendor's list may take.").prefault(20_000),
  requestsPerMinute: whole(0).describe("Requests a minute per caller; 0 is no limit.").prefault(0),
  maxEventLoopDelay: duration("PT0.01S", "PT1M")
    .describe("Delay of the event loop above which requests are refused as OVERLOADED.")
    .prefault("PT1S"),
})
  .describe("What one request may cost.")
  .prefault({});

/** The config file as it may be written. */
export const configSchema = section({
  $schema: z
    .string({ error: "must be text" })
    .describe("URL of this schema, for editors.")
    .optional(),
  server: serverSchema,
  federation: federationSchema,
  auth: authSchema,
  accounts: accountsSchema,
  upstream: upstreamSchema.prefault({}),
  cache,
  limits,
}).describe("Config of redis-backup-gateway.");

/** The config file with defaults filled in, before it takes the shape that the program reads. */
export type ParsedConfig = z.output<typeof configSchema>;
