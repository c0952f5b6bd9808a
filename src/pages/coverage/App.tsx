import { useEffect, useMemo, useState, type ReactElement } from "react";
import { DayChart } from "./DayChart.js";
import { Drawer, type Opened } from "./Drawer.js";
import type { Estate } from "./estate.js";
import { FilterBar } from "./FilterBar.js";
import { byUrgency, countStates, EVERYTHING, passes } from "./filters.js";
import { Footer } from "./Footer.js";
import { Grid } from "./Grid.js";
import { Header } from "./Header.js";
import { useRefresh, useSharedView, useStore } from "./hooks.js";
import { IssuePanel } from "./IssuePanel.js";
import { KeyPrompt } from "./KeyPrompt.js";
import { Printed } from "./Printed.js";
import { Store } from "./store.js";
import { Tiles } from "./Tiles.js";

/** The settings that the page's HTML passes to it. */
export interface AppProps {
  readonly estate: Estate;
  readonly isDemo: boolean;
  readonly hasGraphiql: boolean;
}

/** The coverage page: the state of each instance, the outcome of each day, and what could not be read. */
export function App({ estate, isDemo, hasGraphiql }: AppProps): ReactElement {
  const view = useStore(estate.store);
  const [{ filters, rpo, open }, share] = useSharedView();
  const [clicked, setClicked] = useState<Opened | null>(null);
  const [readout] = useState(() => new Store(""));
  useEffect(() => {
    void estate.refresh();
    return () => estate.stop();
  }, [estate]);
  useRefresh(estate);
  useEffect(() => void estate.setRpo(rpo), [estate, rpo]);

  const { readings, entries: all } = view;
  const passing = useMemo(() => all.filter((entry) => passes(entry, filters)), [all, filters]);
  const counts = useMemo(() => countStates(passing), [passing]);
  const shown = useMemo(
    () => passing.filter(({ state }) => !filters.state || state === filters.state).sort(byUrgency),
    [passing, filters.state],
  );
  const linked = all.find(({ instance }) => instance !== null && instance.id === open);
  const opened = clicked ?? (linked ? { entry: linked, day: null } : null);
  const show = (next: Opened | null): void => {
    setClicked(next);
    share({ open: next?.entry.instance?.id ?? "" });
  };
  const isBusy = readings.length === 0 || readings.some(({ isChecking }) => isChecking);
  return (
    <>
      <Header
        view={view}
        total={all.filter(({ instance }) => instance !== null).length}
        isDemo={isDemo}
        hasGraphiql={hasGraphiql}
        onRpo={(chosen) => share({ rpo: chosen })}
        onRefresh={() => void estate.refresh()}
      />
      <main>
        <Tiles
          counts={isBusy && all.length === 0 ? null : counts}
          state={filters.state}
          isBusy={isBusy}
          isPartial={readings.some(({ isPartial }) => isPartial)}
          onState={(state) => share({ filters: { ...filters, state } })}
        />
        <IssuePanel view={view} onRetry={() => void estate.refresh()} />
        <DayChart view={view} readout={readout} />
        <FilterBar
          entries={all}
          filters={filters}
          onChange={(change) => share({ filters: { ...filters, ...change } })}
        />
        <Grid entries={shown} view={view} readout={readout} onOpen={show} />
        <Printed entries={shown} isPartial={isBusy || readings.some((one) => one.isPartial)} />
        {shown.length === 0 && (
          <Empty
            isBusy={isBusy}
            hasAny={all.length > 0}
            onClear={() => share({ filters: EVERYTHING })}
          />
        )}
      </main>
      <Footer readout={readout} />
      {opened && <Drawer ask={estate.ask} opened={opened} onClose={() => show(null)} />}
      <KeyPrompt phase={view.phase} onKey={(key) => void estate.unlock(key)} />
    </>
  );
}

function Empty(props: {
  readonly isBusy: boolean;
  readonly hasAny: boolean;
  readonly onClear: () => void;
}): ReactElement {
  const { isBusy, hasAny, onClear } = props;
  if (!hasAny) return <p className="empty">{isBusy ? "Loading…" : "There are no instances."}</p>;
  return (
    <p className="empty">
      No instance matches these filters.{" "}
      <button type="button" onClick={onClear}>
        Clear the filters
      </button>
    </p>
  );
}
