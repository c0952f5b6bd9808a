import { useMemo, type ReactElement } from "react";
import type { Entry } from "./entries.js";
import { choicesOf, type Filters } from "./filters.js";
import { vendorText } from "./texts.js";

/** The filters of the grid. The URL holds the same values. */
export function FilterBar(props: {
  readonly entries: readonly Entry[];
  readonly filters: Filters;
  readonly onChange: (change: Partial<Filters>) => void;
}): ReactElement {
  const { entries, filters, onChange } = props;
  const choices = useMemo(() => choicesOf(entries, filters), [entries, filters]);
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
      {(["vendor", "account", "region", "policy", "owner"] as const).map((name) => (
        <label key={name}>
          <span>{NAMES[name]}</span>
          <select
            value={filters[name]}
            onChange={({ target }) => onChange({ [name]: target.value })}
          >
            <option value="">All</option>
            {choices[name].map((value) => (
              <option key={value} value={value}>
                {name === "vendor" ? vendorText(value) : value}
              </option>
            ))}
          </select>
        </label>
      ))}
    </search>
  );
}

const NAMES = {
  vendor: "Vendor",
  account: "Account",
  region: "Region",
  policy: "Policy",
  owner: "Owner",
} as const;
