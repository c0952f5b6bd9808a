import { Pool } from "undici";
import type { Server } from "./server.js";

/** Returns the body of each request, which may differ each time. */
export type NextBody = () => Buffer;

/** A server and the request for it, which is the same each time. */
export interface Asked {
  readonly server: Server;
  readonly body: Buffer;
}

/** What one server did during the measurement. */
export interface Run {
  readonly requests: number;
  /** CPU time of a request, in microseconds. */
  readonly cpu: number;
  /** Half of the requests took less, in milliseconds. */
  readonly p50: number;
}

/** A closed loop: each connection sends its next request as soon as it has an answer. */
export class Driver {
  private readonly pool: Pool;
  private readonly path: string;

  constructor(
    private readonly server: Server,
    private readonly connections: number,
  ) {
    const { origin, pathname } = new URL(server.url);
    this.pool = new Pool(origin, { connections, pipelining: 1 });
    this.path = pathname;
  }

  /** Sends requests for the given time, waits for the last answers, and counts all of them. */
  async run(ms: number, next: NextBody): Promise<Run> {
    const took: number[] = [];
    const before = await this.server.cpu();
    const end = performance.now() + ms;
    const loop = async (): Promise<void> => {
      while (performance.now() < end) {
        const began = performance.now();
        await this.ask(next());
        took.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: this.connections }, loop));
    const cpu = (await this.server.cpu()) - before;
    took.sort((a, b) => a - b);
    return { requests: took.length, cpu: cpu / took.length, p50: took[took.length >> 1] ?? 0 };
  }

  /** One answer as bytes. @throws if it is not 200. */
  async ask(body: Buffer): Promise<ArrayBuffer> {
    const answer = await this.pool.request({
      method: "POST",
      path: this.path,
      headers: { "content-type": "application/json", accept: "application/json" },
      body,
    });
    const bytes = await answer.body.arrayBuffer();
    if (answer.statusCode === 200) return bytes;
    throw new Error(`${this.server.name}: ${answer.statusCode} ${Buffer.from(bytes).toString()}`);
  }

  /** The `data` of one answer. @throws if it has errors. */
  async data<T>(body: Buffer): Promise<T> {
    const answer = JSON.parse(Buffer.from(await this.ask(body)).toString());
    if (answer.errors !== undefined)
      throw new Error(`${this.server.name}: ${JSON.stringify(answer.errors)}`);
    return answer.data as T;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** The `data` of one answer of a server. @throws if it has errors. */
export async function answerOf<T>({ server, body }: Asked): Promise<T> {
  const driver = new Driver(server, 1);
  const data = await driver.data<T>(body);
  await driver.close();
  return data;
}
