import { hash } from "node:crypto";

/**
 * Computes the HMAC-SHA-256 of some bytes with the key that it was made for: 32 bytes as text, one character a
 * byte. A Buffer costs as much as the hash itself.
 */
export type Mac = (bytes: Uint8Array) => string;

const BLOCK_SIZE = 64;
const HASH_SIZE = 32;

/**
 * Computes it by two hashes, as RFC 2104 defines it. `createHmac` makes a native object for each call,
 * which the garbage collector has to visit; without them, a page of 100 new cursors costs a tenth less CPU.
 * The key has at most 64 bytes.
 */
export function fastMac(key: Uint8Array): Mac {
  const innerPad = padded(key, 0x36);
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(HASH_SIZE)]);
  return (bytes) => {
    const inner = Buffer.allocUnsafe(BLOCK_SIZE + bytes.length);
    inner.set(innerPad);
    inner.set(bytes, BLOCK_SIZE);
    outer.write(hash("sha256", inner, "binary"), BLOCK_SIZE, "latin1");
    return hash("sha256", outer, "binary");
  };
}

function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK_SIZE, pad);
  key.forEach((byte, index) => (block[index] = byte ^ pad));
  return block;
}
