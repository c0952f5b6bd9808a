import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";
import * as tls from "node:tls";
import { buildConnector } from "undici";
import { isLoopback } from "../domain/loopback.js";
import { TransportError } from "./faults.js";

/** How connections are made. */
export interface ConnectOptions {
  /** Resolves host names; by default the system's. The addresses are checked either way. */
  readonly lookup?: LookupFunction;
  /** Milliseconds for name, connection and TLS together. */
  readonly connectTimeoutMs?: number;
  /** PEM of another authority, for hosts with certificates of a company's own. */
  readonly ca?: string;
}

/** What name, connection and TLS may take together. */
export const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Makes a connector that gives up after exactly its time.
 *
 * The timer of the HTTP client checks only once a second. It remains, to destroy sockets that are no longer
 * needed.
 */
export function makeConnector(options: ConnectOptions): buildConnector.connector {
  const timeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: guardedLookup(options.lookup),
    ...authorities(options.ca),
  });
  return (target, callback) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      callback(new TransportError("connect"), null);
    }, timeoutMs);
    connect(target, (...[error, socket]) => {
      if (late) {
        socket?.destroy();
        return;
      }
      clearTimeout(timer);
      if (error === null) callback(null, socket);
      else callback(error, null);
    });
  };
}

/** The system's authorities and another one; by default only the former. */
export function authorities(ca: string | undefined): { readonly ca?: string[] } {
  if (ca === undefined) return {};
  // Older versions of Node cannot list what NODE_EXTRA_CA_CERTS adds.
  const own = "getCACertificates" in tls ? (tls.getCACertificates as () => string[])() : null;
  return { ca: [...(own ?? tls.rootCertificates), ca] };
}

/** Addresses that no vendor's API has, but where machines keep their own credentials. */
const refused = new BlockList();
refused.addSubnet("0.0.0.0", 8);
refused.addSubnet("127.0.0.0", 8);
refused.addSubnet("169.254.0.0", 16);
refused.addSubnet("224.0.0.0", 3);
refused.addAddress("::", "ipv6");
refused.addAddress("::1", "ipv6");
refused.addSubnet("fe80::", 10, "ipv6");
refused.addSubnet("ff00::", 8, "ipv6");
// The metadata services outside the link-local ranges: Alibaba, UCloud, AWS over IPv6.
refused.addAddress("100.100.100.200");
refused.addAddress("100.80.80.80");
refused.addAddress("fd00:ec2::254", "ipv6");

/**
 * Whether a host may be reached at an address.
 *
 * A host that names the loopback may have loopback addresses only, and no other host may have them. The
 * addresses of link-local and metadata services are never allowed. Private networks are, because vendors
 * have endpoints inside them.
 */
export function isAllowed(host: string, address: string): boolean {
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  return isLocal(host) ? isLoopback(address) : !refused.check(address, family);
}

/** Whether a host names the loopback, as names below `localhost` do, too, such as those of buckets. */
export const isLocal = (host: string): boolean => host.endsWith(".localhost") || isLoopback(host);

/** @throws {TransportError} for a host that is an address, and one that is not allowed. */
export function checkHost(host: string): void {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0 && !isAllowed(bare, bare)) throw new TransportError("address");
}

/** A lookup that fails if the name resolves to any address that is not allowed. */
export function guardedLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (host, options, callback) => {
    lookup(host, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map((f) => f.address);
      const safe = error !== null || addresses.every((address) => isAllowed(host, address));
      callback(safe ? error : new TransportError("address"), found, family);
    });
  };
}
