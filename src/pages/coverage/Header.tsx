import { useState, type ReactElement } from "react";
import type { EstateView } from "./estate.js";
import { OBJECTIVES } from "./filters.js";
import { useMedia } from "./hooks.js";
import { counted, durationText, instantText } from "./texts.js";

/** The data and actions of the header. */
export interface HeaderProps {
  readonly view: EstateView;
  readonly total: number;
  readonly isDemo: boolean;
  readonly hasGraphiql: boolean;
  readonly onRpo: (rpo: string) => void;
  readonly onRefresh: () => void;
}

/** The title of the page, the age of its data, and the actions for the whole page. */
export function Header(props: HeaderProps): ReactElement {
  const { view, total, isDemo, hasGraphiql, onRpo, onRefresh } = props;
  return (
    <header className="top">
      {isDemo && (
        <p className="demo" role="note">
          <strong>Demo data:</strong> from the embedded clouds, not real.
        </p>
      )}
      <div className="title">
        <h1>Redis backup coverage</h1>
        <p className="soft" role="status">
          {freshness(view, total)}
        </p>
      </div>
      <div className="controls">
        <label>
          <span>RPO</span>
          <select
            value={view.rpo}
            title="The recovery point objective: how old the newest good backup may be. By policy: what the config demands of each instance."
            onChange={({ target }) => onRpo(target.value)}
          >
            {OBJECTIVES.map((rpo) => (
              <option key={rpo} value={rpo}>
                {rpo === "" ? "By policy" : durationText(rpo)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={onRefresh}>
          Refresh
        </button>
        <ThemeButton />
        {hasGraphiql && <a href="/graphql">GraphiQL</a>}
      </div>
    </header>
  );
}

function freshness({ readings }: EstateView, total: number): string {
  if (readings.length === 0) return "Reading…";
  const isKnown = readings.every(
    ({ checkedAt, isPartial, calendar }) => checkedAt !== null && !isPartial && calendar.isWhole,
  );
  const size = `${counted(total, "instance")} of ${counted(readings.length, "provider")}`;
  const busy = readings.filter(({ isChecking, isWalking }) => isChecking || isWalking);
  const names = busy.map(({ provider }) => provider.key).join(", ");
  // The page refreshes itself: what is complete stays without a word.
  if (busy.length > 0 && !isKnown)
    return total === 0 ? `Reading ${names}…` : `${size} · reading ${names}…`;
  const checked = Math.min(...readings.map(({ checkedAt }) => checkedAt ?? Infinity));
  return Number.isFinite(checked) ? `${size} · checked at ${instantText(checked)} UTC` : size;
}

/** Switches to the other color scheme until the page is closed. */
function ThemeButton(): ReactElement {
  const isSystemDark = useMedia("(prefers-color-scheme: dark)");
  const [chosen, setChosen] = useState<"light" | "dark" | null>(null);
  const isDark = chosen === null ? isSystemDark : chosen === "dark";
  const choose = (): void => {
    const next = isDark ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    setChosen(next);
  };
  return (
    <button type="button" onClick={choose}>
      {isDark ? "Light" : "Dark"}
    </button>
  );
}
