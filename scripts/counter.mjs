// Loaded before a program: answers each message with the scripts whose functions were entered since
// the message before, and how many functions.
import { Session } from "node:inspector";

const session = new Session();
session.connect();
/** The inspector of the own process answers at once. */
const ask = (method, params) => {
  let answer;
  session.post(method, params, (error, result) => {
    if (error) throw new Error(`${method}: ${error.message}`);
    answer = result;
  });
  return answer;
};
ask("Profiler.enable");
ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

process.on("message", () => {
  const { result } = ask("Profiler.takePreciseCoverage");
  const entered = ({ ranges: [range] }) => range.count > 0;
  process.send(
    result.map(({ url, functions }) => ({ url, functions: functions.filter(entered).length })),
  );
});
