import { Pool } from "undici";
import type { CloudAccount } from "../clouds.js";
import type { BackupRow } from "../queries.js";
import type { SignedCall } from "./sign.js";

/** A backup as the vendor returned it; its twelve fields are made only if it is shown. */
export interface Found {
  readonly startedAt: number;
  readonly id: string;
  readonly instance: string;
  readonly node: () => BackupRow;
}

const CONNECTIONS = 16;
const pools = new Map<string, Pool>();

async function send({ endpoint }: CloudAccount, call: SignedCall) {
  const pool = pools.get(endpoint) ?? new Pool(endpoint, { connections: CONNECTIONS });
  pools.set(endpoint, pool);
  const { body } = await pool.request({ method: "POST", ...call });
  return body;
}

/** The JSON of one answer, unchecked. */
export const post = async <T>(account: CloudAccount, call: SignedCall): Promise<T> =>
  (await (await send(account, call)).json()) as T;

/** The text of one answer, unchecked. */
export const postText = async (account: CloudAccount, call: SignedCall): Promise<string> =>
  (await send(account, call)).text();

export const hostOf = ({ endpoint }: CloudAccount): string => endpoint.slice("http://".length);
export const regionOf = ({ regions }: CloudAccount): string => regions[0] ?? "";

/** An instant as in answers. */
export const textOf = (instant: number): string => new Date(instant).toISOString();
