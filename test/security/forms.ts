/** A secret that must not be found. */
export interface Canary {
  readonly name: string;
  readonly bytes: Buffer;
}

export const canary = (name: string, text: string): Canary => ({ name, bytes: Buffer.from(text) });

/**
 * A secret as it may be written: raw, percent-encoded, escaped for JSON, in hex, and in base64 wherever in
 * the encoded text it begins.
 */
export function formsOf({ bytes }: Canary): string[] {
  const text = bytes.toString("latin1");
  const url = encodeURIComponent(text);
  const shifted = [0, 1, 2].flatMap((shift) => base64At(bytes, shift));
  return [
    ...new Set([
      text,
      url,
      url.toLowerCase(),
      JSON.stringify(text).slice(1, -1),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      ...shifted,
      ...shifted.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
      ...shifted.map((form) => encodeURIComponent(form)),
    ]),
  ];
}

/** The characters of base64 that a secret alone decides where so many bytes stand before it. */
function base64At(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const whole = Math.floor((shift + bytes.length) / 3) * 4;
  return text.slice(shift === 0 ? 0 : shift + 1, whole);
}

/** Where a text is found, for the message of a test that fails. */
export function partOf(text: string, found: string): string {
  const at = text.indexOf(found);
  return text.slice(Math.max(0, at - 200), at + found.length + 200);
}
