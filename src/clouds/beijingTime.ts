const OFFSET_MS = 8 * 3_600_000;
const TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** An instant as Tencent writes it: `2026-01-02 03:04:05`, UTC+8, which has no summer time. */
export const beijingTextOf = (instant: number): string =>
  new Date(instant + OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");

/** The instant that a text like `2026-01-02 03:04:05` names in UTC+8; null for any other text. */
export function beijingInstantOf(text: string): number | null {
  const at = TEXT.test(text) ? Date.parse(`${text.replace(" ", "T")}Z`) : Number.NaN;
  return Number.isNaN(at) ? null : at - OFFSET_MS;
}
