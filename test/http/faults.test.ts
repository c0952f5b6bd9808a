import { errors } from "undici";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { TransportError, transportErrorOf } from "../../src/http/faults.js";

const coded = (code: string): Error => Object.assign(new Error("canary"), { code });

describe("an error from below is named", () => {
  test.each([
    ["ENOTFOUND", "dns", "UNAVAILABLE", true, true],
    ["EAI_AGAIN", "dns", "UNAVAILABLE", true, true],
    ["ECONNREFUSED", "connect", "UNAVAILABLE", true, true],
    ["EHOSTUNREACH", "connect", "UNAVAILABLE", true, true],
    ["UND_ERR_CONNECT_TIMEOUT", "connect", "UNAVAILABLE", true, true],
    ["ECONNRESET", "reset", "UNAVAILABLE", true, true],
    ["EPIPE", "reset", "UNAVAILABLE", true, true],
    ["UND_ERR_SOCKET", "reset", "UNAVAILABLE", true, true],
    ["UND_ERR_HEADERS_TIMEOUT", "timeout", "TIMEOUT", true, true],
    ["UND_ERR_BODY_TIMEOUT", "timeout", "TIMEOUT", true, true],
    ["UND_ERR_HEADERS_OVERFLOW", "protocol", "BAD_RESPONSE", false, false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls", "UNAVAILABLE", false, true],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", "UNAVAILABLE", false, true],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls", "UNAVAILABLE", false, true],
    ["UND_ERR_DESTROYED", "closed", "CUT", false, false],
    ["constructor", "request", "UNAVAILABLE", false, false],
    ["UND_ERR_INVALID_ARG", "request", "UNAVAILABLE", false, false],
  ])("%s is %s", (code, fault, kind, retryable, down) => {
    const cause = coded(code);
    const error = transportErrorOf(cause);
    expect(error).toMatchObject({ fault, kind, retryable, down, cause });
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).not.toContain("canary");
  });

  test.each([
    ["a protocol that the parser cannot read", "<html>", "protocol"],
    ["a message that its connection ended", "", "reset"],
  ])("%s", (_, data, fault) => {
    const cause = Object.assign(new errors.HTTPParserError("Invalid"), { data });
    expect(transportErrorOf(cause).fault).toBe(fault);
  });

  test.each([null, undefined, "text", 5, {}, { code: 5 }])("%j has no name", (thrown) => {
    expect(transportErrorOf(thrown).fault).toBe("request");
  });

  test("one that has a name keeps it", () => {
    const error = new TransportError("size");
    expect(transportErrorOf(error)).toBe(error);
  });
});
