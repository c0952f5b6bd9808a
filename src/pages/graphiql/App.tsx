import { explorerPlugin } from "@graphiql/plugin-explorer";
import "@graphiql/plugin-explorer/style.css";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/style.css";
import type { ComponentProps, ReactElement } from "react";
import { ask } from "./ask.js";
import { examples } from "./examples.js";
import "./page.css";
import { headerlessStorage } from "./storage.js";

const HEADERS = '{\n  "authorization": ""\n}';

/** The queries that were asked before, and the schema as a tree of fields to tick. */
const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

/** Headers are not stored, so that a key is gone when the page is closed. */
const MEMORY_ONLY: Partial<ComponentProps<typeof GraphiQL>> = {
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  storage: headerlessStorage,
};

/** GraphiQL for this gateway, with example queries that work at once. */
export function App(): ReactElement {
  const isDemo = document.documentElement.dataset["demo"] === "true";
  return (
    <>
      {isDemo && (
        <p className="demo" role="note">
          Demo data: from the embedded clouds, not real.
        </p>
      )}
      <GraphiQL
        fetcher={ask}
        plugins={PLUGINS}
        {...firstQueries()}
        defaultHeaders={HEADERS}
        defaultEditorToolsVisibility="variables"
        {...MEMORY_ONLY}
      >
        <GraphiQL.Logo>redis-backup-gateway</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

/**
 * The query, variables and operation of the URL, named as in a GraphQL GET request. Without them, examples on
 * the first visit and the earlier tabs on later visits.
 */
function firstQueries(): Partial<ComponentProps<typeof GraphiQL>> {
  const parameters = new URLSearchParams(location.search);
  const initialQuery = parameters.get("query");
  if (initialQuery !== null) {
    const operationName = parameters.get("operationName") ?? "";
    return {
      initialQuery,
      initialVariables: parameters.get("variables") ?? "",
      ...(operationName !== "" && { operationName }),
    };
  }
  if (localStorage.getItem("graphiql:tabs") !== null) return {};
  const defaultTabs = examples(Date.now());
  // The first tab does not get its variables from the list of tabs.
  return { defaultTabs, initialVariables: defaultTabs[0]?.variables ?? "" };
}
