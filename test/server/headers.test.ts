import { describe, expect, test } from "vitest";
import { makeHostCheck, reachableHostOf } from "../../src/server/headers.js";

describe("the Host header", () => {
  test.each([
    { host: "127.0.0.1", hosts: [], header: "localhost:4000", ours: true },
    { host: "127.0.0.1", hosts: [], header: "127.0.0.1", ours: true },
    { host: "::1", hosts: [], header: "[::1]:4000", ours: true },
    { host: "127.0.0.2", hosts: [], header: "127.0.0.2", ours: true },
    { host: "127.0.0.1", hosts: [], header: undefined, ours: false },
    { host: "127.0.0.1", hosts: [], header: "", ours: false },
    { host: "127.0.0.1", hosts: [], header: "example.com", ours: false },
    { host: "127.0.0.1", hosts: [], header: "localhost.example.com", ours: false },
    { host: "127.0.0.1", hosts: [], header: "localhost@example.com", ours: false },
    { host: "127.0.0.1", hosts: [], header: "localhost, example.com", ours: false },
    { host: "127.0.0.1", hosts: ["Dash.example"], header: "dash.EXAMPLE", ours: true },
    { host: "10.0.0.5", hosts: [], header: "10.0.0.5:80", ours: true },
    { host: "10.0.0.5", hosts: [], header: "localhost", ours: false },
    { host: "fd00::5", hosts: [], header: "[fd00::5]", ours: true },
    { host: "gateway.example", hosts: [], header: "gateway.example", ours: true },
    { host: "0.0.0.0", hosts: [], header: "anything.example", ours: true },
    { host: "0.0.0.0", hosts: [], header: "not a name", ours: false },
    { host: "0.0.0.0", hosts: ["dash.example"], header: "other.example", ours: false },
    { host: "::", hosts: ["dash.example"], header: "dash.example", ours: true },
  ])("bound to $host with $hosts, $header is ours: $ours", ({ host, hosts, header, ours }) => {
    expect(makeHostCheck(host, hosts)(header)).toBe(ours);
  });

  test.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "[::1]"],
    ["::1", "[::1]"],
    ["Gateway.example", "gateway.example"],
  ])("a server bound to %s is reached at %s", (host, reached) => {
    expect(reachableHostOf(host)).toBe(reached);
  });
});
