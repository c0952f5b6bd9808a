import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.js";
import { makeAsk } from "./ask.js";
import { Estate } from "./estate.js";
import { viewOfHash } from "./filters.js";
import "./styles/base.css";
import "./styles/shapes.css";
import "./styles/header.css";
import "./styles/chart.css";
import "./styles/grid.css";
import "./styles/drawer.css";
import "./styles/print.css";

/** The largest page that is requested, if the gateway allows it. */
const PAGE_SIZE = 200;

const { demo, graphiql, first } = document.documentElement.dataset;
const estate = new Estate({
  makeAsk,
  now: Date.now,
  first: Math.min(PAGE_SIZE, Number(first ?? PAGE_SIZE)),
  rpo: viewOfHash(location.hash).rpo,
});

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App estate={estate} isDemo={demo === "true"} hasGraphiql={graphiql === "true"} />
    </StrictMode>,
  );
