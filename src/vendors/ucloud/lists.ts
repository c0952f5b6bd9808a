import type { Row } from "../../domain/row.js";
import type { ListShape } from "../../listing/shape.js";
import { count, list } from "../kit/decode.js";

/**
 * How UCloud pages: row offset and limit, no window.
 *
 * `Limit` has no documented maximum for this product; 100 is that of 39 other actions and of the
 * vendor's own tools. The order is not documented, and `TotalCount` is "of the user" in one place.
 */
export const pagedBy = (defaultSize: number): ListShape => ({
  page: { style: "offset", offset: "Offset", limit: "Limit", max: 100, aligned: false },
  window: null,
  defaultSize,
});

/** `TotalCount`, which older answers of DescribeUMemBackup lack. */
export const totalOf = (payload: Row): number | null => count(payload, "TotalCount");

/** `DataSet` of every list action. */
export const dataSetOf = (payload: Row): readonly unknown[] =>
  list(payload, "DataSet", totalOf(payload));
