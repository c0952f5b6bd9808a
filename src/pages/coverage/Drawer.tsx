import { useEffect, useRef, useState, type ReactElement } from "react";
import type { Ask } from "./ask.js";
import { BackupTable } from "./BackupTable.js";
import { DAY_MS } from "./days.js";
import { nameOf, type Entry } from "./entries.js";
import { ownerOf, tagTexts } from "./filters.js";
import { dayText, instantText, sizeText, STATE_TEXTS, vendorText } from "./texts.js";

/** The entry and the day that the drawer shows. */
export interface Opened {
  readonly entry: Entry;
  /** Midnight in UTC, in epoch milliseconds. Null shows the newest backups. */
  readonly day: number | null;
}

/** One instance and its backups. Escape closes the drawer and returns the focus to the cell. */
export function Drawer(props: {
  readonly ask: Ask;
  readonly opened: Opened;
  readonly onClose: () => void;
}): ReactElement {
  const { ask, opened, onClose } = props;
  const { entry } = opened;
  const dialog = useRef<HTMLDialogElement>(null);
  const [day, setDay] = useState(opened.day);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-labelledby="drawer-name"
      onClose={onClose}
      // A click beside the content reaches the dialog element itself.
      onClick={({ target }) => target === dialog.current && close()}
    >
      <div className="sheet">
        <div className="heading">
          <h2 id="drawer-name" dir="auto">
            {nameOf(entry)}
          </h2>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
        <p className="verdict">
          <span className={`shape state ${entry.state.toLowerCase()}`} aria-hidden="true" />
          <strong>{STATE_TEXTS[entry.state]}.</strong> <bdi>{entry.reason}</bdi>
        </p>
        <Facts entry={entry} />
        {entry.instance && (
          <>
            <h3>
              {day === null ? "Newest backups" : `Backups up to ${dayText(day)}`}
              {day !== null && (
                <button type="button" onClick={() => setDay(null)}>
                  Show the newest
                </button>
              )}
            </h3>
            <BackupTable
              key={day}
              ask={ask}
              id={entry.instance.id}
              before={day === null ? null : day + DAY_MS}
            />
          </>
        )}
      </div>
    </dialog>
  );
}

function Facts({ entry }: { readonly entry: Entry }): ReactElement {
  const { provider, region, instance } = entry;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ["Id", instance?.nativeId],
    ["Vendor", vendorText(provider.vendor)],
    ["Provider", provider.key],
    ["Region", region ?? "all regions"],
    ["Policy", entry.policy],
    ["Owner", ownerOf(instance)],
    ["Tags", tagTexts(instance).join(", ")],
    ["Status", instance?.status.toLowerCase()],
    ["Version", instance?.engineVersion],
    ["Memory", instance?.memoryBytes ? sizeText(instance.memoryBytes) : null],
    ["Created (UTC)", instance?.createdAt ? instantText(instance.createdAt) : null],
  ];
  return (
    <dl>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
