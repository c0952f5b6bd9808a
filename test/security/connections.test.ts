import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { cloudsFile, objectsOf } from "../cli/harness.js";
import { ask, codesOf, exchange } from "../server/harness.js";
import { startGateway, type GatewayProcess } from "./gatewayProcess.js";

const HURRY = fileURLToPath(new URL("hurry.mjs", import.meta.url));
const QUESTION = "{ backups(first: 3) { complete nodes { id } } }";
const PORT_FREE = { env: { PORT: "0" } };

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 2, regions: 1, backupsEach: 4 } });
});
afterAll(() => clouds.close());

/** What a hostile client writes, and whether it goes on, a byte at a time, for as long as it may. */
const HOLDING = {
  "says nothing": { head: "", drips: false },
  "stops in the middle of a header": {
    head: "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    drips: false,
  },
  "writes its headers a byte at a time": {
    head: "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    drips: true,
  },
  "stops in the middle of its body": {
    head: 'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"query":"',
    drips: false,
  },
  "writes its body a byte at a time": {
    head: 'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"query":"',
    drips: true,
  },
  "never ends the chunks of its body": {
    head: "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    drips: false,
  },
  "asks, is answered, and stays": {
    head: "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    drips: false,
  },
} as const;

/** A connection that a client holds. */
interface Held {
  readonly socket: Socket;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<unknown>;
}

async function hold({ url }: GatewayProcess, head: string, drips = false): Promise<Held> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A write to a closed connection emits an error, at which `once` would reject.
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  socket.write(head);
  if (drips) {
    const drip = setInterval(() => socket.write("x"), 10);
    socket.once("close", () => clearInterval(drip));
  }
  return { socket, ended };
}

describe("C12: a process whose connections are held", () => {
  test("answers others meanwhile, ends what is held, and goes on", async () => {
    const gateway = await startGateway(cloudsFile(clouds), { ...PORT_FREE, imports: [HURRY] });
    const events: string[] = [];
    const all = await Promise.all(
      Object.entries(HOLDING).map(async ([name, { head, drips }]) => {
        const held = await hold(gateway, head, drips);
        void held.ended.then(() => events.push(name));
        return held;
      }),
    );
    const { body } = await ask(gateway.url, QUESTION);
    expect(body.data?.["backups"]).toMatchObject({ complete: true });
    events.push("answered");
    await Promise.all(all.map(({ ended }) => ended));
    expect(events.toSorted()).toEqual([...Object.keys(HOLDING), "answered"].toSorted());
    expect(codesOf(await ask(gateway.url, QUESTION))).toEqual([]);
  });

  test("answers others while hundreds of connections say nothing, and takes the next ones", async () => {
    const gateway = await startGateway(cloudsFile(clouds), PORT_FREE);
    const silent = await Promise.all(Array.from({ length: 400 }, () => hold(gateway, "")));
    const half = await Promise.all(
      Array.from({ length: 100 }, () => hold(gateway, "POST /graphql HTTP/1.1\r\nHost: l")),
    );
    expect(codesOf(await ask(gateway.url, QUESTION))).toEqual([]);
    for (const { socket } of [...silent, ...half]) socket.destroy();
    expect(codesOf(await ask(gateway.url, QUESTION))).toEqual([]);
    gateway.child.kill("SIGTERM");
    expect(await gateway.ended).toEqual([0, null]);
  });
});

/** Holds every vendor call until it is released, and resolves when so many have come. */
function holdVendor(calls: number): {
  readonly reached: Promise<void>;
  readonly release: () => void;
} {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let come = 0;
  const reached = new Promise<void>((resolve) => {
    clouds.knobs.hook = () => {
      come += 1;
      if (come === calls) resolve();
      return released;
    };
  });
  return { reached, release };
}

/** Resolves once nobody is let in any more. */
async function shut({ url }: GatewayProcess): Promise<void> {
  const isOpen = () => exchange(new URL("/health/live", url).href).then(() => true);
  while (await isOpen().catch(() => false));
}

describe("C14: a process that receives SIGTERM under load", () => {
  test("answers running operations, accepts no new ones, closes idle connections, and exits with 0", async () => {
    const gateway = await startGateway(cloudsFile(clouds), PORT_FREE);
    const agent = new Agent({ keepAlive: true, maxSockets: 40 });
    const { reached, release } = holdVendor(1);
    let sent = 0;
    const answers = Array.from(
      { length: 40 },
      (_, i) =>
        new Promise<[number, unknown, string]>((resolve, reject) => {
          // Of each its own list, so that none waits for another alone.
          const query = `{ backups(first: ${i + 1}) { complete nodes { id } } }`;
          const headers = { "content-type": "application/json" };
          const asked = request(gateway.url, { method: "POST", agent, headers }, (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (part: string) => (text += part));
            response.on("end", () =>
              resolve([response.statusCode ?? 0, response.headers.connection, text]),
            );
          });
          asked.on("error", reject);
          asked.end(JSON.stringify({ query }), () => (sent += 1));
        }),
    );
    await reached;
    while (sent < 40) await new Promise(setImmediate);
    // All that was sent before is read before this is answered.
    await exchange(new URL("/health/live", gateway.url).href);
    gateway.child.kill("SIGTERM");
    await shut(gateway);
    release();
    clouds.knobs.hook = null;
    const all = await Promise.all(answers);
    const most = all.at(-1)?.[2].split('"id"').length ?? 0;
    expect(most).toBeGreaterThan(30);
    for (const [i, [status, connection, text]] of all.entries()) {
      expect([status, connection]).toEqual([200, "close"]);
      const { data } = JSON.parse(text) as { data: { backups: { nodes: unknown[] } } };
      expect(data.backups).toMatchObject({ complete: true });
      expect(data.backups.nodes).toHaveLength(Math.min(i + 1, most - 1));
    }
    expect(await gateway.ended).toEqual([0, null]);
    expect(gateway.written.stderr).not.toContain('"level":50');
    agent.destroy();
  });

  test("ends at once on a second signal", async () => {
    const gateway = await startGateway(cloudsFile(clouds), PORT_FREE);
    const { reached, release } = holdVendor(1);
    const answer = ask(gateway.url, QUESTION).then(
      () => "answered",
      () => "cut off",
    );
    await reached;
    gateway.child.kill("SIGTERM");
    await shut(gateway);
    gateway.child.kill("SIGTERM");
    expect(await gateway.ended).toEqual([null, "SIGTERM"]);
    expect(await answer).toBe("cut off");
    expect(objectsOf(gateway.written.stderr).at(-1)).toMatchObject({
      msg: "The gateway is stopping and waits for running operations.",
    });
    release();
    clouds.knobs.hook = null;
  });
});
