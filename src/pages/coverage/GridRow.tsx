import { memo, type ReactElement } from "react";
import type { DayCell } from "./calendar.js";
import { nameOf, type Entry } from "./entries.js";
import { ownerOf, tagTexts } from "./filters.js";
import { COLUMNS } from "./GridHead.js";
import type { Reading } from "./reading.js";
import { ageText, cellText, isEarly, STATE_TEXTS } from "./texts.js";

/** One row of the grid. */
export interface GridRowProps {
  readonly entry: Entry;
  readonly reading: Reading;
  readonly days: readonly number[];
  readonly index: number;
  /** Pixels below the top of the first row. */
  readonly top: number;
  /** The column of the active cell. Null in all other rows. */
  readonly column: number | null;
}

/** An instance, its state, and the outcome of each of its days. */
export const GridRow = memo(function GridRow(props: GridRowProps): ReactElement {
  const { entry, reading, days, index, top, column } = props;
  const { instance, region, provider, state, reason, age, policy } = entry;
  const tags = tagTexts(instance);
  const owner = ownerOf(instance);
  const ownerText = owner === null ? "No owner tag" : `Owner: ${owner}`;
  const place = { region, nativeId: instance?.nativeId ?? null };
  const createdAt = instance?.createdAt ? Date.parse(instance.createdAt) : null;
  const cell = (at: number) => ({
    role: "gridcell",
    "aria-colindex": at + 1,
    "data-column": at,
    tabIndex: at === (column ?? -1) ? 0 : -1,
  });
  return (
    <div
      className="row"
      role="row"
      aria-rowindex={index + 2}
      data-row={index}
      data-words={nameOf(entry)}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span
        {...cell(0)}
        className="state"
        aria-label={`${STATE_TEXTS[state]}${instance ? `, ${ageText(age)}` : ""}: ${reason}`}
      >
        <span className={`shape state ${state.toLowerCase()}`} />
        <span className="lines">
          <span>{STATE_TEXTS[state]}</span> {instance && <small>{ageText(age)}</small>}
        </span>
      </span>
      <span {...cell(1)} className="instance" role="rowheader">
        <span className="names">
          <strong dir="auto">{nameOf(entry)}</strong>
          {instance?.name && <code dir="auto">{instance.nativeId}</code>}
        </span>
        <small dir="auto" className="reason" title={reason}>
          {reason}
        </small>
      </span>
      <span
        {...cell(2)}
        className="policy"
        aria-label={[policy ?? "no policy", ownerText, ...tags].join(", ")}
      >
        <span dir="auto">{policy ?? "–"}</span> {instance && <small dir="auto">{ownerText}</small>}{" "}
        <small dir="auto" title={tags.join("\n")}>
          {tags.join(" ")}
        </small>
      </span>
      <span {...cell(3)} className="provider">
        <span>{provider.key}</span>
        <small>{region ?? "all regions"}</small>
      </span>
      <div className="days" role="presentation">
        {reading.calendar.cellsOf(place, days).map((day, at) => (
          <span
            key={day.day}
            {...cell(COLUMNS.length + at)}
            className={`shape day ${classesOf(day, createdAt)}`}
            aria-label={cellText(day, createdAt)}
          />
        ))}
      </div>
    </div>
  );
});

function classesOf(cell: DayCell, createdAt: number | null): string {
  if (cell.outcome === "good" && cell.counts.FAILED) return "good mixed";
  return isEarly(cell, createdAt) ? "none early" : cell.outcome;
}
