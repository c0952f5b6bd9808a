/** Where an account's calls go: the configured base URL, else the vendor's own. */
export function baseOf(endpoint: string | null, vendorsOwn: string, path = "/"): URL {
  const base = new URL(endpoint ?? vendorsOwn);
  // Whoever sets them has the URL read anew each time.
  if (/[?#]/.test(base.href)) {
    base.search = "";
    base.hash = "";
  }
  if (base.pathname === "/") base.pathname = path;
  return base;
}
