/** `YYYY-MM-DDTHH:mm:ssZ`. */
export const isoSecond = (instant: number): string =>
  new Date(instant).toISOString().slice(0, 19) + "Z";

/** `YYYY-MM-DDTHH:mmZ`, as the bounds of windows are written. */
export const isoMinute = (instant: number): string =>
  new Date(instant).toISOString().slice(0, 16) + "Z";
