import fc from "fast-check";
import type { Redis } from "ioredis";

/** Numbers that a script could take for an instant, a rate or a score, and mean harm. */
const number = fc.oneof(
  fc.constantFrom(
    "nan",
    "-nan",
    "inf",
    "-inf",
    "0",
    "-1",
    "1e308",
    "1e-308",
    "0x7fffffff",
    "",
    " ",
  ),
  fc.constantFrom("9007199254740993", "99999999999999", "-99999999999999"),
  fc.integer({ min: -1e6, max: 1e6 }).map((offset) => String(Date.now() + offset)),
  fc.double().map(String),
  fc.string({ maxLength: 10 }),
);

const score = fc.oneof(
  fc.constantFrom("+inf", "-inf", "0", "1e308"),
  fc.integer({ min: -1e6, max: 1e6 }).map((offset) => String(Date.now() + offset)),
);

const FIELDS = ["rate", "ratedAt", "pausedUntil", "throttledAt", "other"] as const;

/** What somebody might write to a key: a value of any type that Redis has, most without an expiry. */
export const garbage = fc.oneof(
  fc.record({
    type: fc.constant("string" as const),
    value: fc.oneof(
      number,
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.constant(Buffer.alloc(2_000_000, 2)),
    ),
  }),
  fc.record({
    type: fc.constant("list" as const),
    values: fc.array(number, { minLength: 1, maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant("hash" as const),
    fields: fc.uniqueArray(fc.tuple(fc.constantFrom(...FIELDS), number), {
      minLength: 1,
      selector: ([name]) => name,
    }),
  }),
  fc.record({
    type: fc.constant("set" as const),
    values: fc.array(number, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant("zset" as const),
    members: fc.array(fc.tuple(score, fc.string({ minLength: 1, maxLength: 8 })), {
      minLength: 1,
      maxLength: 20,
    }),
  }),
  fc.record({ type: fc.constant("stream" as const) }),
  fc.record({ type: fc.constant("nothing" as const) }),
);

export type Garbage = typeof garbage extends fc.Arbitrary<infer T> ? T : never;

/** Replaces what is at a key. */
export async function write(redis: Redis, key: string, it: Garbage): Promise<void> {
  await redis.del(key);
  if (it.type === "string") await redis.set(key, it.value);
  if (it.type === "list") await redis.rpush(key, ...it.values);
  if (it.type === "hash") await redis.hset(key, Object.fromEntries(it.fields));
  if (it.type === "set") await redis.sadd(key, ...it.values);
  if (it.type === "zset") await redis.zadd(key, ...it.members.flat());
  if (it.type === "stream") await redis.xadd(key, "*", "field", "value");
}
