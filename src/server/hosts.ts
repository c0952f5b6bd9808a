import { isIP } from "node:net";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const WILDCARDS = ["0.0.0.0", "::"];

/** Letters, digits, dots and hyphens, or an IPv6 address in brackets; then an optional port. */
const HOST = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Whether an address is reachable only from its own machine. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/**
 * Makes the check of Host headers, which stops DNS rebinding: a page of another site that points its
 * own name at this server still sends that name.
 *
 * A server bound to loopback answers to loopback names; one bound to a single address or name, to that;
 * both also to `hosts`. A server bound to every address answers to any name unless `hosts` is set,
 * because the names that lead to it are unknown.
 */
export function makeHostCheck(
  host: string,
  hosts: readonly string[],
): (header: string | undefined) => boolean {
  const own = isLoopback(host) ? LOOPBACK_NAMES : WILDCARDS.includes(host) ? [] : [host];
  const names = new Set([...own, host, ...hosts].map(urlHostOf));
  const any = WILDCARDS.includes(host) && hosts.length === 0;
  return (header) => {
    const name = HOST.exec(header ?? "")?.[1]?.toLowerCase();
    return name !== undefined && (any || names.has(name));
  };
}

/** A name or address in the form that URLs use. */
const urlHostOf = (host: string): string =>
  isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase();

/** The host under which a server that is bound to `host` can be reached from its own machine. */
export const reachableHostOf = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "[::1]" : urlHostOf(host);
};
