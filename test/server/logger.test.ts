import fc from "fast-check";
import type { Logger } from "pino";
import { describe, expect, test } from "vitest";
import { makeScrub } from "../../src/domain/scrub.js";
import { makeLogger } from "../../src/server/logger.js";

const CANARY = 'CaNaRy0123456789"zZ\\';
const LINK = "https://b.example/dump.rdb?Expires=1&Signature=s1gn4tur3CaNaRy";

/** A logger, and the text that it wrote. */
function logging(level = "trace"): { logger: Logger; written: () => string } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = makeLogger({ level, scrub: makeScrub([CANARY]), destination });
  return { logger, written: () => lines.join("") };
}

/** Whether a secret is in a text, also where JSON escapes it. */
const holds = (text: string): boolean =>
  ["CaNaRy", ...[CANARY, LINK].map((secret) => JSON.stringify(secret).slice(1, -1))].some((part) =>
    text.includes(part),
  );

class Leaky {
  toJSON(): unknown {
    return { said: CANARY, link: LINK };
  }
}

const failure = Object.assign(new Error(`no ${LINK}`, { cause: new Error(CANARY) }), {
  details: { request: { headers: { authorization: `Bearer ${CANARY}` } } },
});

describe("no secret passes the logger", () => {
  test.each<[string, (logger: Logger) => void]>([
    ["a message", (l) => l.info(`${CANARY} and ${LINK}`)],
    ["an interpolated message", (l) => l.info("%s of %j at %o", CANARY, { LINK }, { CANARY })],
    ["a field", (l) => l.info({ a: CANARY, b: { c: [LINK] } }, "msg")],
    ["a key", (l) => l.info({ [CANARY]: 1, nested: { [LINK]: 2 } }, "msg")],
    ["an error", (l) => l.error(failure)],
    ["an error with a message", (l) => l.error({ err: failure }, "msg")],
    ["an error's stack and cause", (l) => l.error({ err: failure, stack: failure.stack })],
    ["many errors", (l) => l.error(new AggregateError([failure, failure], LINK))],
    ["what turns itself into JSON", (l) => l.info({ a: new Leaky(), b: new URL(LINK) }, "msg")],
    ["bindings of a child", (l) => l.child({ a: CANARY, b: LINK }).info("msg")],
    ["a child's child", (l) => l.child({ a: LINK }).child({ b: CANARY }).warn({ c: LINK })],
    ["bindings that are set later", (l) => (l.setBindings({ a: CANARY }), l.info("msg"))],
  ])("in %s", (_, write) => {
    const { logger, written } = logging();
    write(logger);
    expect(written()).not.toBe("");
    expect(holds(written())).toBe(false);
    expect(written()).toContain("[redacted]");
  });

  test("and every line stays JSON, whatever is logged", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(CANARY, LINK, `token: "${CANARY}`, `'secret': '${LINK}'`, "\\", '"'),
    );
    const value = fc.oneof(text, fc.integer(), fc.array(text), fc.dictionary(text, text));
    fc.assert(
      fc.property(fc.dictionary(text, value), text, (fields, message) => {
        const { logger, written } = logging();
        logger.info({ fields }, message);
        expect(JSON.parse(written())).toHaveProperty("level", 30);
        expect(holds(written())).toBe(false);
      }),
    );
  });
});

test("lines below the level are not written", () => {
  const { logger, written } = logging("error");
  logger.warn("nothing");
  expect(written()).toBe("");
  expect(logging("silent").logger.isLevelEnabled("fatal")).toBe(false);
});
