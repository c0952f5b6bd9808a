import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CREDENTIALS, UPSTREAM_KEYS } from "./accounts.js";
import { bucketFaults } from "./buckets.js";
import { fault, formatPath, readFault, valueAt } from "./fault.js";
import type { ConfigFault, ConfigPath } from "./fault.js";
import type { Describe } from "./shape.js";
import { isLoopback } from "../domain/loopback.js";
import { closest } from "../domain/nearest.js";
import { isTakenLabel, labelOfTag } from "../domain/observation.js";

/** A rule about several values. Single values of the tree may be wrong. */
type Rule = (tree: unknown, describe: Describe, folder: string) => readonly ConfigFault[];

/**
 * Checks the rules about several values and about files, also if the tree has other faults. Paths are
 * relative to `folder`.
 */
export const checkRules: Rule = (tree, describe, folder) =>
  RULES.flatMap((rule) => rule(tree, describe, folder));

const modeOf = (tree: unknown): unknown => valueAt(tree, ["auth", "mode"]) ?? "none";

function listAt(tree: unknown, path: ConfigPath): readonly unknown[] {
  const value = valueAt(tree, path);
  return Array.isArray(value) ? value : [];
}

function loopbackWithoutAuth(tree: unknown, describe: Describe): ConfigFault[] {
  const path = ["server", "host"];
  const host = valueAt(tree, path);
  if (typeof host !== "string" || isLoopback(host) || modeOf(tree) !== "none") return [];
  const expected = "must be 127.0.0.1, ::1 or localhost while auth.mode is none";
  return [fault(path, `${expected}, but got ${describe(path)}`)];
}

function cursorKeyWithCache(tree: unknown): ConfigFault[] {
  const path = ["server", "cursorKey"];
  const isEmpty = ["", undefined].includes(valueAt(tree, path) as string | undefined);
  if (!isEmpty || !valueAt(tree, ["cache", "url"])) return [];
  const expected =
    "must be 32 bytes in base64, the same on every replica, because cache.url is set";
  return [fault(path, `missing; ${expected}`)];
}

/** The port of the metrics listener if only its host is set. */
export const METRICS_PORT = 9464;

function metricsPort(tree: unknown): ConfigFault[] {
  const path = ["server", "metrics", "port"];
  const host = valueAt(tree, ["server", "metrics", "host"]);
  if (host === undefined && valueAt(tree, path) === undefined) return [];
  const port = valueAt(tree, path) ?? METRICS_PORT;
  const isSame = port !== 0 && port === (valueAt(tree, ["server", "port"]) ?? 4000);
  return isSame ? [fault(path, "must be different from server.port")] : [];
}

function metricsTags(tree: unknown): ConfigFault[] {
  const list = ["server", "metrics", "tags"];
  const labels = listAt(tree, list).map((key) => (typeof key === "string" ? labelOfTag(key) : ""));
  return labels.flatMap((label, index) => {
    const first = labels.indexOf(label);
    const problem = isTakenLabel(label)
      ? "which has another meaning"
      : first < index && `as does ${list.join(".")}[${first}]`;
    if (label === "" || problem === false) return [];
    return [fault([...list, index], `must be left out: it makes the label ${label}, ${problem}`)];
  });
}

function credentialsOfMode(tree: unknown): ConfigFault[] {
  const mode = modeOf(tree);
  const keys = valueAt(tree, ["auth", "apiKeys"]);
  if (mode === "apiKey" && (keys === undefined || (Array.isArray(keys) && keys.length === 0))) {
    return [fault(["auth", "apiKeys"], "missing; mode apiKey needs at least one key")];
  }
  if (mode === "jwt" && valueAt(tree, ["auth", "jwt"]) === undefined) {
    return [fault(["auth", "jwt"], "missing; mode jwt needs issuer, audience and jwksUri")];
  }
  return [];
}

/** Lists, and the keys by which their entries must differ. */
const UNIQUE: readonly (readonly [list: ConfigPath, key: string])[] = [
  [["accounts"], "id"],
  [["auth", "apiKeys"], "name"],
  [["auth", "apiKeys"], "sha256"],
  [["policies"], "name"],
];

function uniqueEntries(tree: unknown): ConfigFault[] {
  return UNIQUE.flatMap(([list, key]) => {
    const texts = listAt(tree, list).map((entry) => {
      const text = valueAt(entry, [key]);
      return typeof text === "string" && text !== "" ? text.toLowerCase() : null;
    });
    return texts.flatMap((text, index) => {
      const first = texts.indexOf(text);
      if (text === null || first === index) return [];
      const same = `must be unique; ${formatPath([...list, first])} has the same ${key}`;
      return [fault([...list, index, key], same)];
    });
  });
}

function knownAccounts(tree: unknown, describe: Describe): ConfigFault[] {
  const ids = listAt(tree, ["accounts"]).map((account) => valueAt(account, ["id"]));
  const known = ids.filter((id): id is string => typeof id === "string");
  return listAt(tree, ["auth", "apiKeys"]).flatMap((_, index) => {
    const list = ["auth", "apiKeys", index, "accounts"];
    return listAt(tree, list).flatMap((id, place) => {
      if (typeof id !== "string" || known.includes(id)) return [];
      const guess = closest(id, known);
      const path = [...list, place];
      const hint = guess === null ? "" : `; did you mean ${guess}?`;
      return [fault(path, `must be the id of an account, but got ${describe(path)}${hint}`)];
    });
  });
}

/** A rule about each account by itself. */
const ofAccounts =
  (rule: (account: unknown, place: ConfigPath) => readonly ConfigFault[]): Rule =>
  (tree) =>
    listAt(tree, ["accounts"]).flatMap((account, index) => rule(account, ["accounts", index]));

const upstreamOnce = ofAccounts((account, place) =>
  UPSTREAM_KEYS.filter(
    (key) =>
      valueAt(account, [key]) !== undefined && valueAt(account, ["upstream", key]) !== undefined,
  ).map((key) =>
    fault([...place, key], `must be set only once; ${formatPath(place)}.upstream has it too`),
  ),
);

const signatureOfApi2 = ofAccounts((account, place) => {
  const isOther = valueAt(account, ["vendor"]) !== "tencent";
  if (isOther || valueAt(account, ["signatureMethod"]) === undefined) return [];
  if (valueAt(account, ["api"]) === "2.0") return [];
  return [fault([...place, "signatureMethod"], 'must be left out unless api is "2.0"')];
});

/** Empty text counts as nothing. */
const isSet = (account: unknown, key: string): boolean =>
  !["", undefined].includes(valueAt(account, [key]) as string | undefined);

const endpointOnce = ofAccounts((account, place) => {
  if (!isSet(account, "endpoint") || !isSet(account, "endpoints")) return [];
  const message = `must be left out, because ${formatPath(place)}.endpoint is set`;
  return [fault([...place, "endpoints"], message)];
});

const CREDENTIAL_KEYS = ["credentials", "credentialsFile", "credentialsCommand"];

const oneCredentialSource = ofAccounts((account, place) => {
  if (!Object.hasOwn(CREDENTIALS, String(valueAt(account, ["vendor"])))) return [];
  const [first, ...more] = CREDENTIAL_KEYS.filter((key) => isSet(account, key));
  if (first === undefined)
    return [fault([...place, "credentials"], `missing; set ${CREDENTIAL_KEYS.join(" or ")}`)];
  const faults = more.map((key) =>
    fault([...place, key], `must be left out, because ${first} is set`),
  );
  if (isSet(account, "credentialsEnvironment") && !isSet(account, "credentialsCommand"))
    faults.push(fault([...place, "credentialsEnvironment"], "needs credentialsCommand"));
  return faults;
});

/** A policy for all instances that comes first would leave nothing to the others. */
function matchOfPolicies(tree: unknown): ConfigFault[] {
  return listAt(tree, ["policies"]).flatMap((policy, index) => {
    const path = ["policies", index, "match"];
    const match = valueAt(policy, ["match"]);
    if (valueAt(policy, ["name"]) === "default") {
      const right = "must be left out of the policy default, which is for all other instances";
      return match === undefined ? [] : [fault(path, right)];
    }
    const isEmpty = typeof match === "object" && match !== null && Object.keys(match).length === 0;
    if (match !== undefined && !isEmpty) return [];
    const right = "say which instances the policy is for; only the policy default is for all";
    return [fault(path, `missing; ${right}`)];
  });
}

/** Every authority file must exist and hold certificates. */
function authorities(tree: unknown, _describe: Describe, folder: string): ConfigFault[] {
  const accounts = listAt(tree, ["accounts"]).flatMap((_, index): ConfigPath[] => [
    ["accounts", index],
    ["accounts", index, "upstream"],
  ]);
  return [["upstream"], ...accounts].flatMap((place) => {
    const path = [...place, "caFile"];
    const file = valueAt(tree, path);
    if (typeof file !== "string" || file === "" || file.includes("\0")) return [];
    const problem = problemOf(resolve(folder, file));
    return problem === null
      ? []
      : [fault(path, `must be a PEM file with certificates; ${problem}`)];
  });
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with an authority file; null if nothing is. */
function problemOf(file: string): string | null {
  let certificates: readonly string[];
  try {
    certificates = readFileSync(file, "utf8").match(CERTIFICATE) ?? [];
  } catch (error) {
    return readFault(error);
  }
  if (certificates.length === 0) return "it has none";
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
    return null;
  } catch {
    return "one of them is damaged";
  }
}

const RULES: readonly Rule[] = [
  loopbackWithoutAuth,
  cursorKeyWithCache,
  metricsPort,
  metricsTags,
  credentialsOfMode,
  uniqueEntries,
  knownAccounts,
  upstreamOnce,
  signatureOfApi2,
  matchOfPolicies,
  endpointOnce,
  oneCredentialSource,
  authorities,
  ofAccounts(bucketFaults),
];
