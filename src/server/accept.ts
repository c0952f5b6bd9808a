/** The media types of responses. */
export const JSON_TYPE = "application/json";
export const GRAPHQL_TYPE = "application/graphql-response+json";
export const HTML_TYPE = "text/html";

/** How well one range of an Accept header fits a type. */
interface Fit<T> {
  readonly type: T;
  /** 0 for any type, 1 for a family, 2 for the type itself. */
  readonly precision: number;
  readonly quality: number;
  readonly position: number;
}

/**
 * The offered type that an Accept header prefers, or null if it accepts none.
 *
 * The order is quality, precision, position in the header, position in the offer. Without a header, the
 * first offered type is returned. Source: RFC 9110, section 12.5.1.
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  offered: readonly T[],
): T | null {
  if (accept === undefined || accept === "") return offered[0] ?? null;
  const ranges = accept.split(",").map(rangeOf);
  const [best] = offered
    .flatMap((type) => fitOf(type, ranges) ?? [])
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || byPrecision(a, b));
  return best?.type ?? null;
}

interface AcceptRange {
  readonly name: string;
  readonly quality: number;
}

function rangeOf(text: string): AcceptRange {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { name, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most precise range that contains a type. */
function fitOf<T extends string>(type: T, ranges: readonly AcceptRange[]): Fit<T> | null {
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  const fits = ranges.flatMap(({ name, quality }, position) => {
    const precision = ["*/*", family, type].indexOf(name);
    return precision < 0 ? [] : [{ type, precision, quality, position }];
  });
  return fits.sort(byPrecision)[0] ?? null;
}

const byPrecision = (a: Fit<string>, b: Fit<string>): number =>
  b.precision - a.precision || a.position - b.position;
