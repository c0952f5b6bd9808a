import { memo, type ReactElement } from "react";
import { dayText } from "./texts.js";

/** The columns before the days. */
export const COLUMNS = ["State", "Instance", "Policy", "Provider"] as const;

/** The names of the columns. It sticks to the top of the window. */
export const GridHead = memo(function GridHead({
  days,
}: {
  readonly days: readonly number[];
}): ReactElement {
  return (
    <div className="head" role="rowgroup">
      <div className="row" role="row" aria-rowindex={1}>
        {COLUMNS.map((name, index) => (
          <span
            key={name}
            className={name.toLowerCase()}
            role="columnheader"
            aria-colindex={index + 1}
          >
            {name === "Policy" ? "Policy, owner, tags" : name}
          </span>
        ))}
        <div className="days" role="presentation">
          {days.map((day, index) => (
            <span key={day} role="columnheader" aria-colindex={COLUMNS.length + index + 1}>
              <span className={isMarked(days, index) ? "" : "unseen"}>{dayText(day)}</span>
            </span>
          ))}
        </div>
      </div>
    </div>
  );
});

/** Today and every seventh day before it have a date, if there is space. */
const isMarked = (days: readonly number[], index: number): boolean =>
  index > 2 && (days.length - 1 - index) % 7 === 0;
