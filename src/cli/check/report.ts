import { groupBy } from "../../domain/maps.js";
import type { SourceIssueCode } from "../../domain/words.js";
import type { SourceError } from "../../errors.js";
import type { Column } from "../rows.js";
import type { RegionProbe } from "./probe.js";

const ADVICE: Readonly<Partial<Record<SourceIssueCode, string>>> = {
  UNAUTHENTICATED:
    "check that the account's keys, and the file or command that they come from, are right and belong to this vendor and site",
  THROTTLED:
    "try again; other programs use the account's quota, or upstream.rate is higher than it allows",
  TIMEOUT:
    "try again; if it happens again, check the network to the endpoint or raise upstream.timeout",
  UNAVAILABLE: "check the endpoint, DNS, firewall and proxy",
  BAD_RESPONSE: "check that the endpoint and the regions belong to this product",
  NOT_FOUND: "check the region's name, and the projectId or the buckets if the account has them",
  FORBIDDEN: "change what the message names",
  SHORT:
    "check that the account may see all of its instances, or set upstream.trustTotals to false if the vendor counts wrong",
};

/** What to do about a failed read. The clock comes first, because a wrong clock looks like bad keys. */
function adviceFor({ kind, details }: SourceError): string {
  if (details.clockSkew === true) return "correct this machine's clock";
  if (details.permission !== undefined) return `allow ${details.permission} for the account's keys`;
  return ADVICE[kind] ?? "try again";
}

/** Why a read failed, with the vendor's own code, or a note on a read that worked. */
function why({ error, note }: RegionProbe): string | null {
  if (error === null) return note;
  const vendor = vendorText(error);
  return `${error.kind}: ${error.message}${vendor === "" ? "" : ` (${vendor})`}`;
}

const vendorText = ({ details: { code, requestId } }: SourceError): string =>
  [
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ].join(", ");

/** Where the credentials of a provider's account come from. */
const originOf = ({ runtime }: RegionProbe): string => runtime.credentials?.origin ?? "config";

function expiryOf({ runtime }: RegionProbe): string | null {
  const at = runtime.credentials?.expiresAt ?? null;
  return at === null ? null : new Date(at).toISOString();
}

/** A line for each account that does not hold its credentials. */
export function credentialsText(probes: readonly RegionProbe[]): string {
  const lines = probes.map((probe) => {
    const { account, credentials } = probe.runtime;
    if (credentials === null) return "";
    const expiry = expiryOf(probe);
    const until = expiry === null ? "" : `, which expire at ${expiry}`;
    return `The credentials of ${account.id} come from the ${credentials.origin}${until}.\n`;
  });
  return [...new Set(lines)].join("");
}

/** The columns of `check`. */
export const CHECK_COLUMNS: readonly Column<RegionProbe>[] = [
  { name: "provider", title: "PROVIDER", of: ({ runtime }) => runtime.key },
  {
    name: "region",
    title: "REGION",
    of: ({ region }) => region,
    shown: ({ region }) => region ?? "-",
  },
  {
    name: "works",
    title: "WORKS",
    of: ({ error }) => error === null,
    shown: ({ error }) => (error === null ? "yes" : "NO"),
  },
  { name: "action", title: "ACTION", of: ({ action }) => action },
  { name: "credentials", of: originOf },
  { name: "credentialsExpireAt", of: expiryOf },
  {
    name: "why",
    title: "WHY",
    of: why,
    // The details are below the table, because they would make its lines too long.
    shown: ({ error, note }) => error?.kind ?? note ?? "",
  },
  {
    name: "advice",
    of: ({ error }) => (error === null ? null : adviceFor(error)),
  },
  { name: "permission", of: ({ error }) => error?.details.permission ?? null },
  { name: "code", of: ({ error }) => error?.kind ?? null },
  { name: "vendorCode", of: ({ error }) => error?.details.code ?? null },
  { name: "requestId", of: ({ error }) => error?.details.requestId ?? null },
];

/** What failed and what to do about it. Regions that fail in the same way share an entry. */
export function failuresText(probes: readonly RegionProbe[]): string {
  const failed = probes.filter(({ error }) => error !== null);
  const groups = groupBy(failed, ({ runtime, error, action }) =>
    JSON.stringify([runtime.key, error?.kind, error?.message, error?.details.code, action]),
  );
  return [...groups.values()].map(groupText).join("");
}

function groupText(group: readonly RegionProbe[]): string {
  const [first] = group as [RegionProbe];
  const { runtime, error, action } = first;
  const regions = group.flatMap(({ region }) => (region === null ? [] : [region])).join(", ");
  const where = `${runtime.key} ${regions}`.trimEnd();
  if (error === null) return "";
  const vendor = vendorText(error);
  const lines = [
    `${error.kind}: ${error.message}`,
    ...(vendor === "" ? [] : [`Vendor: ${vendor}`]),
    `To do: ${adviceFor(error)}`,
  ];
  return `  ${where}, ${action}:\n${lines.map((line) => `    ${line}\n`).join("")}`;
}
