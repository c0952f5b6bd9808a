import type { SourceError } from "../errors.js";
import type { BackupListing } from "../listing/declaration.js";

/** How long a wide list that could not be read is not asked again. */
const NARROW_MS = 3_600_000;

/** What is known of an account's right, and our ability, to read the lists of whole regions. */
export class WideAccess {
  /** Set once the vendor refused the account a wide list. */
  refused = false;
  private readonly narrowUntil = new Map<string, number>();

  constructor(
    private readonly listing: BackupListing | null,
    private readonly now: () => number,
  ) {}

  /** Whether the region's wide list may be asked. */
  allows(region: string): boolean {
    if (this.listing === null) return false;
    return (this.narrowUntil.get(region) ?? Number.NEGATIVE_INFINITY) <= this.now();
  }

  /** Takes a failure of the wide list into account; `whole` tells that all of it was wanted. */
  note(region: string, { kind, details }: SourceError, whole: boolean): void {
    const refused = this.listing?.refusedBy.includes(details.code ?? "") ?? false;
    if (refused) this.refused = true;
    if (refused || (whole && kind === "SCAN_LIMIT"))
      this.narrowUntil.set(region, this.now() + NARROW_MS);
  }
}
