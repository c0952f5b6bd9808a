import { z } from "zod";
import { LOG_LEVELS } from "./config.js";
import { flag, listOf, oneOf, section, textLike, textThat, whole } from "./fields.js";
import { isHost, isOrigin } from "./hosts.js";

const BASE64_32 = "32 bytes in base64 (openssl rand -base64 32)";
const host = textThat(isHost, "a host name or an IP address").transform((text) =>
  text.toLowerCase(),
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
    { error: `must be ${BASE64_32}, or a list of such` },
  )
  .transform((keys) => (typeof keys === "string" ? [keys].filter((key) => key !== "") : keys))
  .describe(
    "Seals cursors; of a list the first seals and all open. The same on every replica, and required with cache.url; left out, one is made at start.",
  )
  .meta({ writeOnly: true });

/** How the gateway listens. */
export const serverSchema = section({
  host: host
    .describe(
      "Address to listen on; GATEWAY_HOST overrides it. One other than loopback is refused while auth.mode is none.",
    )
    .prefault("127.0.0.1"),
  port: whole(0, 65_535)
    .describe("Port to listen on; PORT overrides it, 0 takes a free one.")
    .prefault(4000),
  hosts: listOf(host, "a list of host names", 0)
    .describe(
      "Further names under which clients reach the gateway, without port: those of a proxy. Requests for other names are refused while it listens on one address only.",
    )
    .prefault([]),
  graphiql: flag()
    .describe(
      "Serves GraphiQL; left out, off where auth is on and NODE_ENV is production, else on.",
    )
    .optional(),
  page: flag()
    .describe(
      "Serves the coverage page at /; left out, off where auth is on and NODE_ENV is production, else on.",
    )
    .optional(),
  introspection: flag()
    .describe(
      "Lets clients read the schema; left out, off where auth is on and NODE_ENV is production, else on.",
    )
    .optional(),
  cursorKey: cursorKey.optional(),
  corsOrigins: listOf(
    textThat(
      (text) => isOrigin(text, [hostOf(text)]) && !text.endsWith("/"),
      "an origin, such as https://app.example.com",
    ),
    "a list of origins",
    0,
  )
    .describe("Origins of other sites whose pages may ask.")
    .prefault([]),
  trustProxy: flag()
    .describe("Takes the caller's address from X-Forwarded-For; for use behind a proxy only.")
    .prefault(false),
  metrics: section({
    host: host.describe("Address of the metrics listener.").prefault("127.0.0.1"),
    port: whole(0, 65_535)
      .describe("Port of the metrics listener, 0 for a free one.")
      .prefault(9464),
  })
    .describe(
      "Serves /metrics on a port of its own; left out, on the main port while auth.mode is none, else there for scope metrics:read.",
    )
    .optional(),
  execution: oneOf(["compiled", "interpreted"])
    .describe("How operations are run: compiled once and kept, or walked every time.")
    .prefault("compiled"),
  compression: flag()
    .describe("Compresses answers for clients that take gzip; else that is left to a proxy.")
    .prefault(false),
  logLevel: oneOf(LOG_LEVELS).describe("The least level that is logged.").prefault("info"),
})
  .describe("How the gateway listens, and what it shows.")
  .prefault({});

function hostOf(text: string): string {
  return URL.canParse(text) ? new URL(text).hostname : "";
}
