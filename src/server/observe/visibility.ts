/** Where a line of the text format names an account, by itself or as the first part of a provider key. */
const ACCOUNT = /[{,](?:account="([^"]*)"|provider="([^"/]*)\/)/;

/**
 * The lines of a scrape that tell of the given accounts, or of none in particular.
 *
 * A label's value cannot pass for a label: its quotes are escaped.
 */
export function onlyOfAccounts(text: string, accounts: readonly string[]): string {
  const lines = text.split("\n").filter((line) => {
    const [, account, owner] = ACCOUNT.exec(line) ?? [];
    const named = account ?? owner;
    return named === undefined || line.startsWith("#") || accounts.includes(named);
  });
  return lines.join("\n");
}
