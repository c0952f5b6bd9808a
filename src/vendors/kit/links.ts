import type { BackupDownload } from "../../domain/backup.js";
import { isLoopback } from "../../domain/loopback.js";
import { SourceError } from "../../errors.js";

/** Which links of a vendor are accepted. */
export interface LinkRules {
  /** Host suffixes, each beginning with a dot, of links that open from anywhere. */
  readonly publicHosts: readonly string[];
  /** Hosts inside the vendor's network, where plain http is the documented form. */
  readonly internalHost: RegExp;
  /** The vendor prints public links as http; they open as https too and are shown as https. */
  readonly upgrade: boolean;
  /** The account's configured base URL; links on a loopback host are accepted in any form. */
  readonly endpoint: string | null;
}

/** A link as the vendor printed it, with the vendor's facts about it. */
export interface PrintedLink {
  readonly text: string | null;
  readonly internal: boolean;
  readonly shard?: string | null;
  readonly sizeBytes?: number | null;
  /** The end of the documented lifetime, used if the link does not state its own. */
  readonly expiresAt?: number | null;
}

/** Longer texts are not links: signed links with a session token stay below 4 kB. */
const MAX_LENGTH = 8192;

/**
 * The links that a vendor printed, each once, without absent ones.
 *
 * Errors: `SourceError` BAD_RESPONSE for a link that is neither https nor of the vendor's documented
 *         internal form, or on a host that is not the vendor's; it never quotes the link.
 */
export function downloadsOf(
  printed: readonly PrintedLink[],
  rules: LinkRules,
): readonly BackupDownload[] {
  const links = printed.flatMap((link) => {
    const trimmed = link.text?.trim() ?? "";
    return trimmed === "" ? [] : [downloadOf({ ...link, text: trimmed }, rules)];
  });
  return [...new Map(links.reverse().map((link) => [link.url, link])).values()].reverse();
}

function downloadOf(link: PrintedLink & { text: string }, rules: LinkRules): BackupDownload {
  const whole = unglued(link.text);
  const parsed = URL.canParse(whole) ? new URL(whole) : null;
  if (parsed === null || whole.length > MAX_LENGTH || /[\s\p{Cc}]/u.test(whole)) throw refused();
  const internal = link.internal || rules.internalHost.test(parsed.hostname);
  const url = safeForm(whole, parsed, rules);
  if (url === null || parsed.username !== "" || parsed.password !== "") throw refused();
  return {
    url,
    internal,
    shard: link.shard ?? null,
    sizeBytes: link.sizeBytes ?? null,
    expiresAt: expiryOf(parsed.searchParams) ?? link.expiresAt ?? null,
  };
}

const refused = (): SourceError =>
  new SourceError("BAD_RESPONSE", "The vendor's download link is not of its documented form.");

/**
 * The last whole link of a text that joins two links, as in Alibaba's documents.
 *
 * The part before it names a host without a signed path and opens nothing. The query is left alone,
 * because it may contain a link.
 */
function unglued(text: string): string {
  const path = text.split("?", 1)[0] ?? text;
  const at = Math.max(path.lastIndexOf("http://"), path.lastIndexOf("https://"));
  return at > 0 ? text.slice(at) : text;
}

function safeForm(text: string, { protocol, hostname }: URL, rules: LinkRules): string | null {
  const secure = protocol === "https:";
  if (!secure && protocol !== "http:") return null;
  if (isOwnLoopback(hostname, rules.endpoint) || rules.internalHost.test(hostname)) return text;
  if (!rules.publicHosts.some((suffix) => hostname.endsWith(suffix))) return null;
  if (secure) return text;
  return rules.upgrade ? text.replace(/^http:/i, "https:") : null;
}

/** An embedded or local cloud serves links from its configured host. */
const isOwnLoopback = (hostname: string, endpoint: string | null): boolean =>
  endpoint !== null && isLoopback(hostname) && new URL(endpoint).hostname === hostname;

/** The end that a signed link states: US3 and OSS, OSS version 4, COS. */
function expiryOf(query: URLSearchParams): number | null {
  const seconds =
    query.get("Expires") ?? query.get("q-sign-time")?.split(";")[1] ?? ossEnd(query) ?? "";
  return /^\d{9,11}$/.test(seconds) ? Number(seconds) * 1000 : null;
}

function ossEnd(query: URLSearchParams): string | null {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("x-oss-date") ?? "");
  const lifetime = Number(query.get("x-oss-expires") ?? Number.NaN);
  if (date === null || !Number.isSafeInteger(lifetime)) return null;
  const [year, month, day, ...time] = date.slice(1);
  const from = Date.parse(`${year}-${month}-${day}T${time.join(":")}Z`);
  return String(from / 1000 + lifetime);
}
