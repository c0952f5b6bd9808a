const UNIT_MS = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/**
 * ISO 8601 durations of a fixed length: weeks alone, or days to seconds. Years and months are left
 * out because they have none.
 */
export const DURATION =
  /^P(?:(\d{1,6})W|(?=\d|T\d)(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?)$/;

/** Milliseconds of an ISO 8601 duration; null where the text is none. */
export function parseDuration(text: string): number | null {
  const parts = DURATION.exec(text);
  if (parts === null) return null;
  const [W = "0", D = "0", H = "0", M = "0", S = "0"] = parts.slice(1);
  const whole =
    Number(W) * UNIT_MS.W + Number(D) * UNIT_MS.D + Number(H) * UNIT_MS.H + Number(M) * UNIT_MS.M;
  return whole + Math.round(Number(S) * UNIT_MS.S);
}
