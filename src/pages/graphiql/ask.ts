import type { GraphiQL } from "graphiql";
import type { ComponentProps } from "react";

type Fetcher = ComponentProps<typeof GraphiQL>["fetcher"];

type Question = Parameters<Fetcher>[0];

/** Sends requests to the gateway that served the page. */
export const ask: Fetcher = async (question, options) => {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...withoutEmpty(options?.headers),
    },
    body: JSON.stringify(wellNamed(question)),
  });
  return response.json();
};

/** Right after a change of tabs, GraphiQL still sends the operation name of the previous tab. */
function wellNamed({ operationName, ...question }: Question): Question {
  const isNamed = operationName && new RegExp(`\\b${operationName}\\b`).test(question.query);
  return isNamed ? { ...question, operationName } : question;
}

/** Headers without a value are not sent. */
const withoutEmpty = (headers: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
  );
