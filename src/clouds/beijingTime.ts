const OFFSET_MS = 8 * 3_600_000;
const TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** An instant as Tencent writes it: `2026-01-02 03:04:05` in UTC+8, without summer time. */
export const beijingTextOf = (instant: number): string =>
  new Date(instant + OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");

/** The instant of text such as `2026-01-02 03:04:05` in UTC+8, or null for any other text. */
export function beijingInstantOf(text: string): number | null {
  const at = TEXT.test(text) ? Date.parse(`${text.replace(" ", "T")}Z`) : Number.NaN;
  return Number.isNaN(at) ? null : at - OFFSET_MS;
}
