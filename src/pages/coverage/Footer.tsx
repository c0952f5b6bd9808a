import type { ReactElement } from "react";
import { OUTCOMES } from "./days.js";
import { useStore } from "./hooks.js";
import type { Store } from "./store.js";
import { OUTCOME_TEXTS } from "./texts.js";

/** The legend, and the text of the cell under the pointer or the focus. */
export function Footer({ readout }: { readonly readout: Store<string> }): ReactElement {
  return (
    <footer className="legend">
      <ul aria-label="What the cells mean">
        {OUTCOMES.map((outcome) => (
          <li key={outcome}>
            <span className={`shape day ${outcome}`} aria-hidden="true" /> {OUTCOME_TEXTS[outcome]}
          </li>
        ))}
        <li className="roomy">
          <span className="shape day good mixed" aria-hidden="true" /> Good, and some failed
        </li>
      </ul>
      <Readout readout={readout} />
    </footer>
  );
}

/** Screen readers read the same text from the cells. */
function Readout({ readout }: { readonly readout: Store<string> }): ReactElement {
  return (
    <p className="readout" aria-hidden="true">
      {useStore(readout) || "Days are days in UTC."}
    </p>
  );
}
