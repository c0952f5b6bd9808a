import type { GraphiQL } from "graphiql";
import type { ComponentProps } from "react";

type Storage = NonNullable<ComponentProps<typeof GraphiQL>["storage"]>;

const OWN = "graphiql:";

/**
 * What GraphiQL keeps in the browser, without the headers of requests: its history would keep them, told
 * not to or not, and a key is to live no longer than the page.
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

/** JSON whose objects have no headers; any other text as it is. */
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
