import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether a host name or address (also in brackets) is this machine and nothing else. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(bare);
  if (family === 0) return bare.toLowerCase() === "localhost";
  return LOOPBACK.check(bare, family === 4 ? "ipv4" : "ipv6");
}

/** Whether a text can be listened on: an address, or a host name. */
export const isHost = (text: string): boolean =>
  isIP(text) !== 0 || /^(?=.{1,253}$)[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(text);

/**
 * Whether a text is an http(s) URL of a host and nothing else. Plain http is for this machine, and
 * for the hosts that speak nothing better.
 */
export function isOrigin(text: string, plainHosts: readonly string[] = []): boolean {
  const url = parseUrl(text, ["https:", "http:"]);
  if (url === null || text.includes("?") || text.includes("#")) return false;
  if (url.pathname !== "/" || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopback(url.hostname) || plainHosts.includes(url.hostname);
}

/** Whether a text is an https URL without credentials; http where the host is this machine. */
export function isSecureUrl(text: string): boolean {
  const url = parseUrl(text, ["https:", "http:"]);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopback(url.hostname);
}

/** Whether a text is the URL of a Redis or Valkey server. */
export const isRedisUrl = (text: string): boolean =>
  parseUrl(text, ["redis:", "rediss:"])?.hostname ? true : false;

function parseUrl(text: string, protocols: readonly string[]): URL | null {
  if (/\s/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : null;
}
