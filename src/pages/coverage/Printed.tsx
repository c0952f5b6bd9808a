import type { ReactElement } from "react";
import { nameOf, type Entry } from "./entries.js";
import { ownerOf, tagTexts } from "./filters.js";
import { usePrinting } from "./hooks.js";
import { ageText, counted, STATE_TEXTS } from "./texts.js";

/** Rows of a print. A browser needs minutes to lay out more. */
const MOST = 5_000;

/** Every instance that passes the filters as a plain table, while the page is printed. */
export function Printed(props: {
  readonly entries: readonly Entry[];
  /** Whether some instances have not been judged yet. */
  readonly isPartial: boolean;
}): ReactElement | null {
  const { entries, isPartial } = props;
  if (!usePrinting()) return null;
  const left = entries.length - MOST;
  return (
    <section className="printed">
      <p>
        {contentsOf(entries)}: <bdi>{location.href}</bdi>
      </p>
      {isPartial && (
        <p>
          <strong>Not final:</strong> the page was still reading when it was printed.
        </p>
      )}
      {left > 0 && (
        <p>
          <strong>
            {counted(left, "row")} not printed: filter, or use the command coverage --format csv.
          </strong>
        </p>
      )}
      <table>
        <thead>
          <tr>
            {["State", "Instance", "Reason", "Policy", "Owner", "Tags", "Provider"].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, MOST).map((entry) => (
            <PrintedRow key={entry.key} entry={entry} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the rows are, such as `12 instances`: a row is an instance, or a list of instances that cannot be read. */
function contentsOf(entries: readonly Entry[]): string {
  const instances = entries.filter(({ instance }) => instance !== null).length;
  const unreadable = entries.length - instances;
  const text = counted(instances, "instance");
  return unreadable === 0
    ? text
    : `${text} and ${counted(unreadable, "list")} of instances that cannot be read`;
}

function PrintedRow({ entry }: { readonly entry: Entry }): ReactElement {
  const { instance, state, reason, policy, provider, region, age } = entry;
  const cells: readonly (readonly [string, string | null])[] = [
    [STATE_TEXTS[state], instance && ageText(age)],
    [nameOf(entry), instance?.name ? instance.nativeId : null],
    [reason, null],
    [policy ?? "–", null],
    [ownerOf(instance) ?? "–", null],
    [tagTexts(instance).join(" ") || "–", null],
    [provider.key, region ?? "all regions"],
  ];
  return (
    <tr>
      {cells.map(([text, more], at) => (
        <td key={at} dir="auto">
          {text}
          {more && <small>{more}</small>}
        </td>
      ))}
    </tr>
  );
}
