import type { ListShape } from "../../listing/shape.js";

/**
 * How both backup lists page and are windowed: pages of 300, a window of whole minutes that must be
 * given. Which instant of a backup it selects on and how wide it may be is not documented.
 */
export const WINDOWED_SHAPE: ListShape = {
  page: {
    style: "pageNumber",
    page: "PageNumber",
    size: "PageSize",
    max: 300,
    sizes: [30, 50, 100, 200, 300],
  },
  window: {
    since: "StartTime",
    until: "EndTime",
    precisionMs: 60_000,
    mandatory: true,
    selects: "unknown",
    longestMs: 6 * 3_600_000,
    maxSpanMs: null,
  },
  defaultSize: 30,
};

/** Codes of a window that the vendor does not take; the documents do not tell a largest span. */
export const WINDOW_REFUSED = [
  "InvalidStartTime.Malformed",
  "InvalidEndTime.Malformed",
  "InvalidStartTimeAndEndTime.Malformed",
];
