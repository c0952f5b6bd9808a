import {
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
} from "react";
import {
  dayFiguresText,
  daysOf,
  partsOf,
  scaleTo,
  statusesIn,
  summaryOf,
  sumOf,
  valueText,
  type EstateDays,
  type Measure,
} from "./chart.js";
import type { EstateView } from "./estate.js";
import type { BackupStatus } from "./generated/graphql.js";
import { NARROW, useMedia, usePrinting } from "./hooks.js";
import type { DayFigures } from "./readDays.js";
import type { Store } from "./store.js";
import { dayText, sizeText, STATUS_TEXTS } from "./texts.js";

/** The data of the chart. */
export interface DayChartProps {
  readonly view: EstateView;
  /** Receives the text of the day under the pointer or the focus. */
  readonly readout: Store<string>;
}

/** The backups and bytes of each day by state, as stacked bars, and as a table. Folded on a phone. */
export function DayChart({ view, readout }: DayChartProps): ReactElement {
  const { readings, days } = view;
  const daily = useMemo(() => daysOf(readings, days), [readings, days]);
  const [measure, setMeasure] = useState<Measure>("count");
  const isNarrow = useMedia(NARROW);
  const isFolded = !usePrinting() && isNarrow;
  const id = useId();
  const heading = (
    <>
      <h2 id={id}>Backups by day</h2>
      <span className="soft" role="status">
        {summaryOf(daily)}
      </span>
    </>
  );
  const measures = (
    <div role="group" aria-label="What the bars show">
      {(["count", "sizeBytes"] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={measure === each}
          onClick={() => setMeasure(each)}
        >
          {MEASURES[each]}
        </button>
      ))}
    </div>
  );
  const figures = daily !== null && (
    <>
      <Bars {...{ daily, days, measure, readout }} />
      <div className="chart-foot">
        <Legend statuses={statusesIn(daily.days)} />
        <Table daily={daily} days={days} />
      </div>
    </>
  );
  return (
    <section className="chart" aria-labelledby={id}>
      {isFolded ? (
        <details>
          <summary>{heading}</summary>
          <div className="chart-head">{measures}</div>
          {figures}
        </details>
      ) : (
        <>
          <div className="chart-head">
            {heading}
            {measures}
          </div>
          {figures}
        </>
      )}
    </section>
  );
}

const MEASURES: Readonly<Record<Measure, string>> = { count: "Count", sizeBytes: "Size" };

const HEIGHT = 120;
const EDGES = { top: 14, right: 4, bottom: 22, left: 54 } as const;
/** The width of a day below which only some dates fit. */
const ROOMY_DAY = 30;

/** The bars. One day at a time is in the tab order; arrow keys move to the others. */
function Bars(props: {
  readonly daily: EstateDays;
  readonly days: readonly number[];
  readonly measure: Measure;
  readonly readout: Store<string>;
}): ReactElement {
  const { daily, days, measure, readout } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [active, setActive] = useState(days.length - 1);
  const id = useId();
  const totals = daily.days.map((day) => sumOf(Object.values(day))[measure]);
  const lines = scaleTo(Math.max(...totals, 0), measure);
  const plot = {
    top: EDGES.top,
    bottom: HEIGHT - EDGES.bottom,
    most: lines.at(-1) ?? 1,
    left: EDGES.left,
    day: Math.max(0, width - EDGES.left - EDGES.right) / days.length,
  };
  const press = (event: KeyboardEvent<SVGGElement>): void => {
    const next = stepOf(event.key, active, days.length - 1);
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    const bars = event.currentTarget.querySelectorAll<SVGGElement>("[data-day]");
    bars[next]?.focus();
  };
  return (
    <div ref={box} className="bars" onPointerLeave={() => readout.set("")}>
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-desc`}
      >
        <title id={`${id}-title`}>
          {measure === "count" ? "Number" : "Size"} of backups by day and state
        </title>
        <desc id={`${id}-desc`}>
          {`Stacked bars for ${days.length} days in UTC, oldest first; the last day is still in progress. ` +
            `Arrow keys move between days. A table with the same figures follows.`}
        </desc>
        <Patterns />
        <Scale {...{ lines, measure, plot, width }} />
        <g onKeyDown={press}>
          {days.map((day, index) => {
            const figures = daily.days[index] ?? {};
            const text = dayFiguresText(day, figures, index === days.length - 1);
            return (
              <g
                key={day}
                data-day={index}
                role="img"
                aria-label={text}
                tabIndex={index === active ? 0 : -1}
                onFocus={() => {
                  setActive(index);
                  readout.set(text);
                }}
                onPointerOver={() => readout.set(text)}
              >
                <Bar {...{ index, figures, measure, plot, isToday: index === days.length - 1 }} />
                <DayLabel {...{ day, index, last: days.length - 1, plot }} />
              </g>
            );
          })}
        </g>
      </svg>
    </div>
  );
}

/** The places of the chart in pixels, and the value at its top. */
interface Plot {
  readonly top: number;
  readonly bottom: number;
  readonly most: number;
  readonly left: number;
  /** The width of a day. */
  readonly day: number;
}

function Bar(props: {
  readonly index: number;
  readonly figures: DayFigures;
  readonly measure: Measure;
  readonly plot: Plot;
  readonly isToday: boolean;
}): ReactElement {
  const { index, figures, measure, plot, isToday } = props;
  const gap = plot.day > 16 ? 4 : 1.5;
  const x = plot.left + index * plot.day + gap / 2;
  const width = Math.max(1, plot.day - gap);
  const height = plot.bottom - plot.top;
  return (
    <>
      <rect className="hit" x={x - gap / 2} y={0} width={plot.day} height={HEIGHT} />
      {isToday && <rect className="today" x={x} y={plot.top} width={width} height={height} />}
      {partsOf(figures, measure, plot).map((part) => (
        <rect
          key={part.status}
          className={`part ${part.status.toLowerCase()}`}
          x={x}
          y={part.top}
          width={width}
          height={part.height}
          fill={`url(#part-${part.status})`}
        />
      ))}
    </>
  );
}

/** Dates that would overlap are left out; the first of a month and today always have one. */
function DayLabel(props: {
  readonly day: number;
  readonly index: number;
  readonly last: number;
  readonly plot: Plot;
}): ReactElement | null {
  const { day, index, last, plot } = props;
  const every = plot.day >= ROOMY_DAY ? 2 : Math.max(5, Math.ceil(60 / Math.max(1, plot.day)));
  if ((last - index) % every !== 0) return null;
  const isLast = index === last;
  const middle = plot.left + (index + 0.5) * plot.day;
  return (
    <text
      className="label"
      x={isLast ? plot.left + (last + 1) * plot.day : middle}
      y={HEIGHT - 6}
      textAnchor={isLast ? "end" : "middle"}
    >
      {isLast ? "Today" : dayText(day)}
    </text>
  );
}

function Scale(props: {
  readonly lines: readonly number[];
  readonly measure: Measure;
  readonly plot: Plot;
  readonly width: number;
}): ReactElement {
  const { lines, measure, plot, width } = props;
  return (
    <g aria-hidden="true">
      {lines.map((value) => {
        const y = plot.bottom - ((plot.bottom - plot.top) * value) / plot.most;
        return (
          <g key={value}>
            <line className="line" x1={plot.left} x2={width - EDGES.right} y1={y} y2={y} />
            <text className="label" x={plot.left - 6} y={y + 4} textAnchor="end">
              {valueText(value, measure)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** Each state has a pattern, so that no state is shown by its colour alone. */
function Patterns(): ReactElement {
  return (
    <defs>
      {Object.entries(MARKS).map(([status, marks]) => (
        <pattern
          key={status}
          id={`part-${status}`}
          className={`part ${status.toLowerCase()}`}
          width={6}
          height={6}
          patternUnits="userSpaceOnUse"
        >
          <rect className="ground" width={6} height={6} />
          <path className="marks" d={marks} />
        </pattern>
      ))}
    </defs>
  );
}

/** Plain, hatched, dotted, and so on. */
const MARKS: Readonly<Record<BackupStatus, string>> = {
  SUCCEEDED: "",
  RUNNING: "M0 1.5h6M0 4.5h6",
  LOCKED: "M1.5 0v6M4.5 0v6",
  UNKNOWN: "M1.5 1.5h.01M4.5 4.5h.01",
  FAILED: "M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3",
  EXPIRED: "M-1.5 4.5l3 3M0 0l6 6M4.5-1.5l3 3",
  DELETED: "M0 3h6M3 0v6",
};

function Legend({ statuses }: { readonly statuses: readonly BackupStatus[] }): ReactElement {
  return (
    <ul className="chart-legend" aria-label="What the bars mean">
      {statuses.map((status) => (
        <li key={status}>
          <svg width={14} height={14} aria-hidden="true">
            <rect
              className={`part ${status.toLowerCase()}`}
              width={14}
              height={14}
              fill={`url(#part-${status})`}
            />
          </svg>{" "}
          {STATUS_TEXTS[status]}
        </li>
      ))}
    </ul>
  );
}

/** The figures of the chart as text, newest day first. */
function Table(props: {
  readonly daily: EstateDays;
  readonly days: readonly number[];
}): ReactElement {
  const { daily, days } = props;
  const statuses = statusesIn(daily.days);
  return (
    <details className="chart-table">
      <summary>As a table</summary>
      <div tabIndex={0}>
        <table>
          <caption>Number and size of backups by day in UTC</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {statuses.map((status) => (
                <th key={status} scope="col">
                  {STATUS_TEXTS[status]}
                </th>
              ))}
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {days
              .map((day, index) => ({ day, figures: daily.days[index] ?? {} }))
              .reverse()
              .map(({ day, figures }, index) => (
                <tr key={day}>
                  <th scope="row">{index === 0 ? `${dayText(day)} so far` : dayText(day)}</th>
                  {statuses.map((status) => (
                    <td key={status}>{(figures[status]?.count ?? 0).toLocaleString("en")}</td>
                  ))}
                  <td>{sizeText(sumOf(Object.values(figures)).sizeBytes)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function stepOf(key: string, active: number, last: number): number | null {
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: active - 1,
    ArrowRight: active + 1,
    Home: 0,
    End: last,
  };
  const place = Object.hasOwn(places, key) ? places[key] : undefined;
  return place === undefined ? null : Math.min(Math.max(place, 0), last);
}

/** The width of an element in pixels. */
function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    // A print that opens the chart does not wait for an observer.
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
