import { defineConfig } from "vitepress";
import { filesOf } from "../assemble.mjs";
import { SECTIONS } from "../pages.mjs";

const STYLE = `
  .dark .light-only, html:not(.dark) .dark-only { display: none }
  .VPHome .vp-doc img { margin: 32px auto }
  .vp-doc td, .vp-doc th { padding: 6px 10px; vertical-align: top; font-size: 13px; line-height: 20px }
  .vp-doc td code { overflow-wrap: anywhere; padding: 1px 3px }
  .vp-doc td:first-child code, .vp-doc td > a:only-child > code { overflow-wrap: normal; white-space: nowrap }
  .vp-doc p:has(> a > img[src$=".svg"]) { overflow-x: auto }
  .vp-doc img[src$=".svg"] { min-width: 600px }
  .vp-doc div.language-text code { padding: 0 16px; font-size: 12px }
  html:root, html.dark { --vp-code-lang-color: var(--vp-c-text-2) }
`;

const items = (pages) => pages.map(([path, , text]) => ({ text, link: `/${path}` }));

export default defineConfig({
  title: "Redis Backup Gateway",
  description: "One GraphQL API for all Redis and Valkey backups.",
  base: process.env.SITE_BASE ?? "/",
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["style", {}, STYLE],
  ],
  srcDir: ".pages",
  outDir: "dist",
  cleanUrls: true,
  // Anchors as code hosts make them, so that links work in both places.
  markdown: {
    anchor: {
      slugify: (text) =>
        text
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .trim()
          .replaceAll(" ", "-"),
    },
  },
  themeConfig: {
    nav: [
      { text: "Start", link: "/start" },
      { text: "Concepts", link: "/concepts" },
      { text: "Reference", link: "/reference/schema" },
      { text: "Operate", link: "/operate" },
    ],
    sidebar: SECTIONS.map(({ name, pages, folder }) => ({
      text: name,
      items: [
        ...items(pages),
        ...(folder ? [{ text: folder[2], collapsed: true, items: items(filesOf(folder)) }] : []),
      ],
    })),
    outline: [2, 3],
    search: { provider: "local" },
  },
});
