import { useCallback, useEffect, useRef, useState, type ReactElement } from "react";
import type { Ask } from "./ask.js";
import { nextPage, NO_PAGES, type BackupPages, type ShownBackup } from "./backupPages.js";
import type { DayOutcome } from "./days.js";
import { outcomeOf } from "./days.js";
import {
  counted,
  durationText,
  instantText,
  sizeText,
  STATUS_TEXTS,
  TRIGGER_TEXTS,
} from "./texts.js";

/** The backups of the table. */
export interface BackupTableProps {
  readonly ask: Ask;
  /** The instance's global id. */
  readonly id: string;
  /** Only backups that started before this time, in epoch milliseconds. Null means all. */
  readonly before: number | null;
}

/** The backups of one instance, page by page. */
export function BackupTable(props: BackupTableProps): ReactElement {
  const { pages, isBusy, failure, older } = useBackupPages(props);
  const { backups, issues, isComplete, hasOlder } = pages;
  const asksAgain = failure !== null || (!hasOlder && !isComplete);
  return (
    <>
      <table aria-busy={isBusy}>
        <thead>
          <tr>
            <th scope="col">Started (UTC)</th>
            <th scope="col">Status</th>
            <th scope="col">Size</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          {backups.map((backup) => (
            <BackupRow key={backup.id} backup={backup} />
          ))}
        </tbody>
      </table>
      {issues.map(({ code, message }) => (
        <p key={code + message} className="issue">
          <code>{code}</code> <bdi>{message}</bdi>
        </p>
      ))}
      {failure && <p className="issue">{failure}</p>}
      <p className="more">
        <span role="status">{isBusy ? "Reading…" : sumOf(pages)}</span>
        {(hasOlder || asksAgain) && (
          <button type="button" disabled={isBusy} onClick={older}>
            {asksAgain ? "Try again" : "Older"}
          </button>
        )}
      </p>
    </>
  );
}

function sumOf({ backups, hasOlder, isComplete }: BackupPages): string {
  if (backups.length === 0 && isComplete) return "There are no backups.";
  const count = counted(backups.length, "backup");
  if (!isComplete) return `${count}, not all could be read`;
  return hasOlder ? `${count} so far` : `${count}, no older ones`;
}

function BackupRow({ backup }: { readonly backup: ShownBackup }): ReactElement {
  const { startedAt, status, vendorStatus, trigger, kind, sizeBytes, duration, expiresAt } = backup;
  const outcome: DayOutcome = outcomeOf({ [status]: 1 }, false);
  const notes = [
    TRIGGER_TEXTS[trigger],
    kind === "INCREMENTAL" ? "incremental" : "",
    expiresAt ? `expires ${instantText(expiresAt)}` : "",
  ];
  return (
    <tr>
      <td>
        {instantText(startedAt)}
        <small>{notes.filter(Boolean).join(" · ")}</small>
      </td>
      <td title={`Vendor status: ${vendorStatus}`}>
        <span className={`shape day ${outcome}`} aria-hidden="true" /> {STATUS_TEXTS[status]}
      </td>
      <td>{sizeText(sizeBytes)}</td>
      <td>{durationText(duration)}</td>
    </tr>
  );
}

/** Pages of backups. The first is read at once, each further one on request. */
function useBackupPages({ ask, id, before }: BackupTableProps) {
  const [pages, setPages] = useState(NO_PAGES);
  const [isBusy, setBusy] = useState(true);
  const [failure, setFailure] = useState<string | null>(null);
  const underWay = useRef<AbortController | null>(null);
  const read = useCallback(
    async (from: BackupPages): Promise<void> => {
      underWay.current?.abort();
      const { signal } = (underWay.current = new AbortController());
      setBusy(true);
      setFailure(null);
      try {
        const next = await nextPage(ask, { id, before, signal }, from);
        if (!signal.aborted) setPages(next);
      } catch (error) {
        if (!signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
      }
      if (!signal.aborted) setBusy(false);
    },
    [ask, id, before],
  );
  useEffect(() => {
    void read(NO_PAGES);
    return () => underWay.current?.abort();
  }, [read]);
  return { pages, isBusy, failure, older: () => void read(pages) };
}
