import type { WantedPage } from "../src/domain/connection.js";

/** Relay's arguments of a page. */
export interface PageArgs {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** The page that valid arguments ask for. */
export const wanted = ({ first, last, after, before }: PageArgs): WantedPage => ({
  backwards: typeof last === "number",
  size: last ?? first ?? 20,
  after: after ?? null,
  before: before ?? null,
});
