/**
 * The pages of the site by section: the path on the site, the file that it is made of, and its name in the
 * sidebar. A page without a file is generated.
 */
export const SECTIONS = [
  {
    name: "Start",
    pages: [
      ["start", "README.md", "Start here"],
      ["start/migrating", "docs/migrating.md", "Migrating from 0.1"],
      ["start/changelog", "CHANGELOG.md", "Changelog"],
    ],
  },
  {
    name: "Concepts",
    pages: [
      ["concepts", "docs/concepts.md", "Overview"],
      ["concepts/paging", "docs/paging.md", "Pages, slices, pending rows"],
      ["concepts/policies", "docs/policies.md", "Policies"],
      ["concepts/statistics", "docs/statistics.md", "Statistics"],
    ],
  },
  {
    name: "How-to",
    pages: [
      ["how-to/front-end", "docs/front-end.md", "Build a front end"],
      ["how-to/federation", "docs/federation.md", "Join a federated graph"],
      ["how-to/on-call", "docs/on-call.md", "Be on call"],
      ["how-to/compliance", "docs/evidence.md", "Answer an auditor"],
      ["how-to/buckets", "docs/s3.md", "Read dumps in buckets"],
      ["how-to/credentials", "docs/credentials.md", "Rotate credentials"],
    ],
  },
  {
    name: "Reference",
    pages: [
      ["reference/schema", null, "Schema"],
      ["reference/configuration", "docs/configuration.md", "Configuration"],
      ["reference/cli", null, "Commands"],
      ["reference/errors", "docs/errors.md", "Errors"],
      ["reference/metrics", null, "Metrics"],
      ["reference/stability", "docs/stability.md", "Stability"],
    ],
  },
  {
    name: "Operate",
    pages: [
      ["operate", "docs/operating.md", "Operating"],
      ["operate/permissions", "docs/permissions.md", "Least permissions"],
      ["operate/production", "docs/production.md", "From nothing to production"],
      ["operate/observability", "docs/observability.md", "Observability"],
      ["operate/caching", "docs/caching.md", "Caching"],
      ["operate/performance", "docs/performance.md", "Performance"],
      ["operate/security", "docs/security.md", "Security"],
      ["operate/reporting", "SECURITY.md", "Security policy"],
    ],
  },
  {
    name: "Extend",
    pages: [
      ["extend/vendor", "docs/adding-a-vendor.md", "Add a vendor"],
      ["extend/contributing", "CONTRIBUTING.md", "Contribute"],
    ],
  },
  {
    name: "Architecture",
    pages: [["architecture", "docs/architecture.md", "Overview"]],
    folder: ["architecture/decisions", "docs/adr", "Decisions"],
  },
];
