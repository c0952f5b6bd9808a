import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { explainListen } from "../../src/cli/listenFault.js";
import { run } from "./harness.js";

describe("serve", () => {
  test("says which port is taken, and leaves nothing running", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const ran = await run(["serve", "--demo"], { env: { PORT: String(port) } });
    other.close();
    expect(ran).toEqual({
      code: 1,
      stdout: "",
      stderr: `Port ${port} of 127.0.0.1 is taken. Set server.port or PORT to another; 0 takes a free one.\n`,
    });
  });

  test.each([
    ["EACCES", "may not listen on port 80"],
    ["EADDRNOTAVAIL", "10.9.8.7 is no address of this machine"],
    ["ENOTFOUND", "10.9.8.7 is no address of this machine"],
  ])("explains %s", (code, says) => {
    const explain = explainListen({ host: "10.9.8.7", port: 80 });
    expect(() => explain(Object.assign(new Error("no"), { code }))).toThrow(says);
  });

  test("hands other faults on as they are", () => {
    const fault = new Error("something else");
    expect(() => explainListen({ host: "::1", port: 1 })(fault)).toThrow(fault);
  });
});
