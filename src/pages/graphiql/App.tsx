import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import type { ComponentProps, ReactElement } from "react";
import { ask } from "./ask.js";
import { examples } from "./examples.js";
import "./page.css";
import { headerlessStorage } from "./storage.js";

const HEADERS = '{\n  "authorization": ""\n}';

/** Nothing that is typed into the headers is kept: a key lives no longer than the page. */
const MEMORY_ONLY: Partial<ComponentProps<typeof GraphiQL>> = {
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  storage: headerlessStorage,
};

/** GraphiQL over this gateway, opened with queries that answer at once. */
export function App(): ReactElement {
  const isDemo = document.documentElement.dataset["demo"] === "true";
  return (
    <>
      {isDemo && (
        <p className="demo" role="note">
          Demo estate: these backups come from the embedded clouds and are invented.
        </p>
      )}
      <GraphiQL
        fetcher={ask}
        {...firstQuestions()}
        defaultHeaders={HEADERS}
        defaultEditorToolsVisibility="variables"
        {...MEMORY_ONLY}
      >
        <GraphiQL.Logo>redis-backup-gateway</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

/** Examples for the first visit; later ones find their tabs as they were left. */
function firstQuestions(): Partial<ComponentProps<typeof GraphiQL>> {
  if (localStorage.getItem("graphiql:tabs") !== null) return {};
  const defaultTabs = examples(Date.now());
  // The tab that is open at once does not take its variables from the tabs.
  return { defaultTabs, initialVariables: defaultTabs[0]?.variables ?? "" };
}
