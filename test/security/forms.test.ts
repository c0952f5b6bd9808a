import { expect, test } from "vitest";
import { canary, formsOf } from "./forms.js";

const SECRET = 'key/with+"quotes" and 7';

test.each([
  ["as it is", `a ${SECRET} b`],
  ["in a link", `https://x.example/?k=${encodeURIComponent(SECRET)}&y=1`],
  ["in a link, in small letters", encodeURIComponent(SECRET).toLowerCase()],
  ["in JSON", JSON.stringify({ a: SECRET })],
  ["in hex", `00${Buffer.from(SECRET).toString("hex")}ff`],
  ...["", "u", "us", "user"].map((before) => [
    `in base64 behind ${before.length} bytes`,
    Buffer.from(`${before}${SECRET} and more`).toString("base64"),
  ]),
  ["in the base64 of links", Buffer.from(`u:${SECRET}`).toString("base64url")],
])("a secret is found %s", (_, text) => {
  const forms = formsOf(canary("", SECRET));
  expect(forms.some((form) => text.includes(form))).toBe(true);
  for (const form of forms) expect(form.length).toBeGreaterThan(20);
});
