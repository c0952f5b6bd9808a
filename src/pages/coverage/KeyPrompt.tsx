import { useEffect, useRef, type FormEvent, type ReactElement } from "react";
import type { EstateView } from "./estate.js";

/** Asks for a key if the gateway needs one. The key is kept in memory until the page is closed. */
export function KeyPrompt(props: {
  readonly phase: EstateView["phase"];
  readonly onKey: (key: string) => void;
}): ReactElement {
  const { phase, onKey } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = phase === "locked" || phase === "refused";
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const field = new FormData(event.currentTarget).get("key");
    event.currentTarget.reset();
    if (typeof field === "string" && field.trim() !== "") onKey(field.trim());
  };
  return (
    // Without a key there is nothing to show behind the dialog.
    <dialog
      ref={dialog}
      className="prompt"
      aria-labelledby="prompt-name"
      onCancel={(event) => event.preventDefault()}
      onClose={() => isOpen && dialog.current?.showModal()}
    >
      <form onSubmit={submit} autoComplete="off">
        <h2 id="prompt-name">This gateway needs a key</h2>
        {phase === "refused" && <p role="alert">That key is not accepted.</p>}
        <label>
          <span>API key or token</span>
          <input name="key" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <p className="soft">The key is kept in memory only, until you close or reload this page.</p>
        <button type="submit">Show the coverage</button>
      </form>
    </dialog>
  );
}
