import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The data that the benchmark gives this process to serve. */
export const given = <T>(): T => JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as T;

/** Reports to the benchmark that the server is ready. */
export const tell = (url: string): void => void process.send?.({ url });

/** Lets a server listen on a free loopback port and reports it. */
export async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  tell(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
}
