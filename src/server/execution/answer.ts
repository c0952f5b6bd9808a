import type { FormattedExecutionResult } from "graphql";
import { bytesOf, isLong, JsonJoiner, type Json } from "./longJson.js";

/** An answer's data as the JSON that it is sent as; whoever looks into it gets it parsed. */
export class JsonData {
  constructor(readonly json: Json) {}

  toJSON(): unknown {
    return JSON.parse(String(this.json));
  }
}

/**
 * The text of an answer, which is bytes where it is long; data that is JSON already is put in as it is.
 *
 * Apollo Server passes on what it gets, though its types say that it is text.
 */
export function textOfAnswer(answer: FormattedExecutionResult): string {
  const { data, errors, extensions } = answer;
  if (!(data instanceof JsonData)) return `${JSON.stringify(answer)}\n`;
  const joiner = new JsonJoiner();
  joiner.add(errors === undefined ? '{"data":' : `{"errors":${JSON.stringify(errors)},"data":`);
  joiner.add(data.json);
  joiner.add(extensions === undefined ? "}\n" : `,"extensions":${JSON.stringify(extensions)}}\n`);
  const json = joiner.joined();
  if (typeof json === "string" && !isLong(json)) return json;
  // The HTTP server would measure, join and encode a long text.
  return bytesOf(json) as unknown as string;
}
