import type { GraphiQL } from "graphiql";
import type { ComponentProps } from "react";

type Storage = NonNullable<ComponentProps<typeof GraphiQL>["storage"]>;

const OWN = "graphiql:";

/**
 * GraphiQL's storage in the browser, without the headers of requests. Its history would store them in
 * spite of its settings, but a key must be gone when the page is closed.
 */
export const headerlessStorage: Storage = {
  get length() {
    return ownNames().length;
  },
  getItem: (name) => localStorage.getItem(name),
  setItem: (name, value) => {
    if (name !== `${OWN}headers`) localStorage.setItem(name, withoutHeaders(value));
  },
  removeItem: (name) => localStorage.removeItem(name),
  clear: () => ownNames().forEach((name) => localStorage.removeItem(name)),
};

const ownNames = (): string[] => Object.keys(localStorage).filter((name) => name.startsWith(OWN));

/** JSON without the headers in its objects. Other text is unchanged. */
function withoutHeaders(text: string): string {
  try {
    const value: unknown = JSON.parse(text, (name, inner: unknown) =>
      name === "headers" ? undefined : inner,
    );
    return JSON.stringify(value);
  } catch {
    return text;
  }
}
