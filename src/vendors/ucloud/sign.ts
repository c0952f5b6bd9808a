import { sha1Hex } from "../../http/sign/digest.js";
import { sortedFields, type Fields } from "../../http/sign/encode.js";

/**
 * The `Signature` parameter of UCloud's API: a plain hash of names and values in order of names,
 * then the private key; nothing is encoded, and neither time nor nonce takes part.
 *
 * Source: https://docs.ucloud.cn/api/summary/signature, read 2026-11-21.
 */
export const signUCloud = (fields: Fields, privateKey: string): string =>
  sha1Hex(sortedFields(fields).flat().join("") + privateKey);
