import type { ReactElement } from "react";
import type { EstateView } from "./estate.js";
import { usePrinting } from "./hooks.js";
import { groupIssues, type IssueGroup } from "./issues.js";
import { issuesOf } from "./reading.js";
import { counted } from "./texts.js";

/** Everything that could not be read, and why. */
export function IssuePanel(props: {
  readonly view: EstateView;
  readonly onRetry: () => void;
}): ReactElement | null {
  const { view, onRetry } = props;
  const isPrinting = usePrinting();
  if (view.phase === "failed")
    return (
      <div className="issues" role="alert">
        <p>
          The gateway does not answer: {view.message}{" "}
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </p>
      </div>
    );
  const groups = view.readings.flatMap((reading) =>
    groupIssues(reading.provider.key, issuesOf(reading)),
  );
  if (groups.length === 0) return null;
  const providers = [...new Set(groups.map(({ provider }) => provider))];
  return (
    <details className="issues" open={isPrinting || undefined}>
      <summary>
        <strong>Not everything could be read:</strong> {providers.join(", ")}
      </summary>
      <ul tabIndex={0}>
        {groups.map((group) => (
          <li key={JSON.stringify(group)}>
            <strong>{placeOf(group)}</strong> <code>{group.code}</code> <bdi>{group.message}</bdi>
            {group.vendorCode !== null && <bdi> (code {group.vendorCode})</bdi>}
          </li>
        ))}
      </ul>
    </details>
  );
}

const placeOf = ({ provider, region, instances }: IssueGroup): string =>
  [provider, region, instances > 0 ? counted(instances, "instance") : null]
    .filter(Boolean)
    .join(" · ");
