import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";
import { TransportError } from "./faults.js";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Addresses where no vendor's API is, but where machines keep their own credentials. */
const refused = new BlockList();
refused.addSubnet("0.0.0.0", 8);
refused.addSubnet("127.0.0.0", 8);
refused.addSubnet("169.254.0.0", 16);
refused.addSubnet("224.0.0.0", 3);
refused.addAddress("::", "ipv6");
refused.addAddress("::1", "ipv6");
refused.addSubnet("fe80::", 10, "ipv6");
refused.addSubnet("ff00::", 8, "ipv6");
// The metadata services that lie outside the link-local ranges: Alibaba, UCloud, AWS over IPv6.
refused.addAddress("100.100.100.200");
refused.addAddress("100.80.80.80");
refused.addAddress("fd00:ec2::254", "ipv6");

/**
 * Whether a host may be reached at an address.
 *
 * A loopback address is right only for a host that names the loopback itself, and then it is the only
 * right one; the addresses of link-local and metadata services never are. Private networks are
 * allowed, because vendors give endpoints inside them.
 */
export function isAllowed(host: string, address: string): boolean {
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  return isLoopback(host) ? loopback.check(address, family) : !refused.check(address, family);
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  return isIP(host) !== 0 && loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

/** @throws {TransportError} for a host that is itself an address which is not allowed. */
export function checkHost(host: string): void {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0 && !isAllowed(bare, bare)) throw new TransportError("address");
}

/** A lookup that fails where any address found is not allowed, whatever the name resolves to today. */
export function guardedLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (host, options, callback) => {
    lookup(host, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map((f) => f.address);
      const safe = error !== null || addresses.every((address) => isAllowed(host, address));
      callback(safe ? error : new TransportError("address"), found, family);
    });
  };
}
