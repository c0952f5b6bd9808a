import type { FormattedExecutionResult } from "graphql";

/** An answer's data as the JSON that it is sent as; whoever looks into it gets it parsed. */
export class JsonData {
  constructor(readonly json: string) {}

  toJSON(): unknown {
    return JSON.parse(this.json);
  }
}

/** The text of an answer; data that is JSON already is put in as it is. */
export function textOfAnswer(answer: FormattedExecutionResult): string {
  const { data, errors, extensions } = answer;
  if (!(data instanceof JsonData)) return `${JSON.stringify(answer)}\n`;
  const before = errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`;
  const after = extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${data.json}${after}}\n`;
}
