import { z } from "zod";
import { SCOPES } from "../domain/principal.js";
import { JWT_ALGORITHMS } from "./config.js";
import { flag, listOf, oneOf, section, sha256, textLike, textThat } from "./fields.js";
import { isSecureUrl } from "./hosts.js";

const word = textLike(/^\S(?:.*\S)?$/, "text that is not empty");

/** The gateway as a subgraph. */
export const federationSchema = section({
  enabled: flag()
    .describe(
      "Serves _service and _entities. With auth on and no secret they are off all the same.",
    )
    .prefault(true),
  secretSha256: sha256("optional")
    .describe("SHA-256 of the secret that _service and _entities then want in x-gateway-secret.")
    .prefault(""),
})
  .describe("The gateway as a federation subgraph.")
  .prefault({});

const apiKey = section({
  name: word.describe("Whose key it is; unique, shown in logs."),
  sha256: sha256("required").describe("SHA-256 of the key, in hex; never the key itself."),
  scopes: listOf(oneOf(SCOPES), `a list of ${SCOPES.join(", ")}`).describe("What the key allows."),
  accounts: listOf(word, "a list of at least one account id; left out, the key sees all")
    .describe("Ids of the accounts that the key sees; left out, all.")
    .optional(),
}).describe("One API key.");

const jwt = section({
  issuer: word.describe("The iss claim that tokens must bear."),
  audience: word.describe("The aud claim that tokens must bear."),
  jwksUri: textThat(isSecureUrl, "an https URL (http for this machine only)")
    .describe("Where the issuer publishes its keys.")
    .meta({ format: "uri" }),
  algorithms: listOf(oneOf(JWT_ALGORITHMS), `a list of ${JWT_ALGORITHMS.join(", ")}`)
    .describe("Signatures that are accepted.")
    .prefault(["RS256"]),
  scopesClaim: word
    .describe("Claim that holds the scopes; missing or malformed, it grants nothing.")
    .prefault("scope"),
  accountsClaim: word
    .describe("Claim that holds the account ids; missing or malformed, it grants nothing.")
    .prefault("backup_accounts"),
}).describe("How bearer tokens are verified; needed for mode jwt.");

/** Who may ask. */
export const authSchema = section({
  mode: oneOf(["none", "apiKey", "jwt"])
    .describe("Who may ask: everyone on this machine, holders of API keys, or bearers of tokens.")
    .prefault("none"),
  apiKeys: z
    .array(apiKey, { error: "must be a list of API keys" })
    .describe(
      'Keys of mode apiKey, sent as "Authorization: Bearer <key>" or "x-api-key: <key>"; needed there.',
    )
    .optional(),
  jwt: jwt.optional(),
})
  .describe("Who may ask, and for what.")
  .prefault({});
