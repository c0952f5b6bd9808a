import type { ReactElement } from "react";
import { STATES, type Filters, type StateCounts } from "./filters.js";
import { STATE_TEXTS } from "./texts.js";

/** Counts by state. Each is a button that filters the instances by this state. */
export function Tiles(props: {
  /** Null while nothing is known, because 0 would be a result. */
  readonly counts: StateCounts | null;
  readonly state: Filters["state"];
  readonly isBusy: boolean;
  /** Whether some instances have not been counted yet. */
  readonly isPartial: boolean;
  readonly onState: (state: Filters["state"]) => void;
}): ReactElement {
  const { counts, state, isBusy, isPartial, onState } = props;
  return (
    <div className="tiles" role="group" aria-label="Instances by state" aria-busy={isBusy}>
      {STATES.map((each) => (
        <button
          key={each}
          type="button"
          className={`tile ${each.toLowerCase()}`}
          aria-pressed={state === each}
          onClick={() => onState(state === each ? "" : each)}
        >
          <span className={`shape state ${each.toLowerCase()}`} aria-hidden="true" />
          <strong>{counts?.[each].toLocaleString("en") ?? "…"}</strong>{" "}
          <span>
            {STATE_TEXTS[each]}
            {isPartial && counts !== null && " so far"}
          </span>
        </button>
      ))}
    </div>
  );
}
