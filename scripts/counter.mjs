// Loaded before a program: answers each message with the scripts whose functions were entered since
// the message before, and with these functions: their names and where their text is.
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
  const named = ({ functionName, ranges: [{ startOffset, endOffset }] }) => ({
    name: functionName,
    start: startOffset,
    end: endOffset,
  });
  process.send(
    result.map(({ url, functions }) => ({ url, functions: functions.filter(entered).map(named) })),
  );
});
