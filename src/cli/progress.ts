import type { Ora } from "ora";
import type { Surroundings } from "./surroundings.js";

/** How often a text that changes by itself is looked at, in milliseconds. */
const EVERY_MS = 200;

/** Shows people that a command is at work. */
export interface Progress {
  /** Keeps out of the way of what is written meanwhile. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** Shows a line on stderr where that is a terminal, and nothing elsewhere. */
export async function startProgress(
  { stderr, stdout }: Pick<Surroundings, "stderr" | "stdout">,
  text: () => string,
): Promise<Progress> {
  if (stderr.isTTY !== true) return { aside: (work) => work(), stop: () => undefined };
  const { default: ora } = await import("ora");
  const stream = stderr as unknown as NodeJS.WritableStream;
  // Hidden cursors and swallowed keys are given back by handlers that would get in ours' way.
  const spinner = ora({ stream, text: text(), hideCursor: false, discardStdin: false }).start();
  const timer = setInterval(() => (spinner.text = text()), EVERY_MS);
  return {
    aside: (work) => (stdout.isTTY === true ? besides(spinner, work) : work()),
    stop: () => {
      clearInterval(timer);
      spinner.stop();
    },
  };
}

async function besides<T>(spinner: Ora, work: () => Promise<T>): Promise<T> {
  spinner.stop();
  try {
    return await work();
  } finally {
    spinner.start();
  }
}
