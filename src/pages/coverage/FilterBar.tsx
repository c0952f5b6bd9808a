import { useMemo, type ReactElement } from "react";
import type { Entry } from "./entries.js";
import { choicesOf, type Filters } from "./filters.js";
import { NARROW, useMedia } from "./hooks.js";
import { vendorText } from "./texts.js";

/** The filters of the grid. The URL holds the same values. A phone shows the search, and the others behind a click. */
export function FilterBar(props: {
  readonly entries: readonly Entry[];
  readonly filters: Filters;
  readonly onChange: (change: Partial<Filters>) => void;
}): ReactElement {
  const { entries, filters, onChange } = props;
  const choices = useMemo(() => choicesOf(entries, filters), [entries, filters]);
  const isNarrow = useMedia(NARROW);
  const wordOf = (name: Choice, value: string): string =>
    name === "vendor" && value !== "" ? vendorText(value) : value;
  const chosen = CHOICES.flatMap((name) => wordOf(name, filters[name]) || []);
  const selects = CHOICES.map((name) => (
    <label key={name}>
      <span>{NAMES[name]}</span>
      <select value={filters[name]} onChange={({ target }) => onChange({ [name]: target.value })}>
        <option value="">All</option>
        {choices[name].map((value) => (
          <option key={value} value={value}>
            {wordOf(name, value)}
          </option>
        ))}
      </select>
    </label>
  ));
  return (
    <search className="filters">
      <label className="wide">
        <span>Search</span>
        <input
          type="search"
          placeholder="Name, id, tag, region or provider"
          value={filters.text}
          onChange={({ target }) => onChange({ text: target.value })}
        />
      </label>
      {isNarrow ? (
        <details>
          <summary dir="auto">{["Filters", chosen.join(", ")].filter(Boolean).join(": ")}</summary>
          <div className="filters">{selects}</div>
        </details>
      ) : (
        selects
      )}
    </search>
  );
}

const CHOICES = ["vendor", "account", "region", "policy", "owner"] as const;

type Choice = (typeof CHOICES)[number];

const NAMES: Readonly<Record<Choice, string>> = {
  vendor: "Vendor",
  account: "Account",
  region: "Region",
  policy: "Policy",
  owner: "Owner",
};
