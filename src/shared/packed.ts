import { promisify } from "node:util";
import { constants, deflateRaw, inflateRaw, type InputType, type ZlibOptions } from "node:zlib";

type Change = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const deflated: Change = promisify<InputType, ZlibOptions, Buffer>(deflateRaw);
const inflated: Change = promisify<InputType, ZlibOptions, Buffer>(inflateRaw);

/** Shorter texts are sent as they are. */
const SHORT = 16_384;

/** A text as it is sent: long ones are lists of rows that are much alike, and shrink to a tenth. */
export async function pack(text: string): Promise<string> {
  if (text.length <= SHORT) return `t${text}`;
  const bytes = await deflated(text, { level: constants.Z_BEST_SPEED });
  return `z${bytes.toString("base64")}`;
}

/** The text that was packed; null for what `pack` did not make. */
export async function unpack(packed: string): Promise<string | null> {
  if (packed.startsWith("t")) return packed.slice(1);
  if (!packed.startsWith("z")) return null;
  try {
    return (await inflated(Buffer.from(packed.slice(1), "base64"), {})).toString("utf8");
  } catch {
    return null;
  }
}
