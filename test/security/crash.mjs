// Loaded by `node --import`: a signal causes an error in the process that nothing handles.
import { setTimeout } from "node:timers";

const { CANARY = "" } = process.env;
const broken = () =>
  Object.assign(new Error(`No answer to https://x.example/?Signature=${CANARY}`), {
    options: { key: CANARY, headers: ["authorization", `Bearer ${CANARY}`] },
    cause: new Error(CANARY),
  });

process.on("SIGUSR2", () => void Promise.reject(broken()));
process.on("SIGWINCH", () =>
  setTimeout(() => {
    throw broken();
  }),
);
