/** Removes secrets from a text and leaves everything else unchanged. */
export type Scrub = (text: string) => string;

/** The text that replaces a secret. */
export const REDACTED = "[redacted]";

/** Shorter secrets would match ordinary words. */
const MIN_SECRET_LENGTH = 6;

/**
 * Makes the scrubber for every text in a log, an error, a trace or a metric.
 *
 * It removes the given secrets, also if they are percent-encoded or escaped as JSON. It also removes
 * what looks like a secret: parameters that sign a link, credentials in headers and URLs, tokens and
 * PEM blocks. JSON stays valid, because no match crosses a quote.
 *
 * Cost: linear in the length of the text. Every repeated part of a pattern is bounded.
 */
export function makeScrub(secrets: readonly string[] = []): Scrub {
  const exact = patternOf(secrets);
  return (text) => {
    const known = exact === null ? text : text.replace(exact, REDACTED);
    if (!SUSPICIOUS.test(known)) return known;
    return PATTERNS.reduce((left, [pattern, put]) => left.replace(pattern, put), known);
  };
}

/** How many sets of secrets of one owner are remembered. Requests may still use older credentials. */
const GENERATIONS = 3;

/** A scrubber that learns secrets while it is used, such as credentials that were read again. */
export class LearningScrub {
  private readonly known = new Map<string, (readonly string[])[]>();
  private current = makeScrub();

  readonly scrub: Scrub = (text) => this.current(text);

  /** Adds secrets of an owner, such as an account. Its oldest ones are forgotten. */
  hide(secrets: readonly string[], owner = ""): void {
    const kept = [...(this.known.get(owner) ?? []), secrets].slice(-GENERATIONS);
    this.known.set(owner, kept);
    this.current = makeScrub([...this.known.values()].flat(2));
  }
}

/** Matches the given secrets in every form, longest first. */
function patternOf(secrets: readonly string[]): RegExp | null {
  const forms = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH).flatMap(formsOf);
  if (forms.length === 0) return null;
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(
    unique.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"),
    "g",
  );
}

function formsOf(secret: string): string[] {
  const quoted = escaped(secret);
  // Through bytes, because half of a surrogate pair cannot be encoded.
  const encoded = encodeURIComponent(Buffer.from(secret, "utf8").toString("utf8"));
  const form = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [secret, quoted, escaped(quoted), encoded, form];
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Words in the names of secrets: parameters, JSON keys and headers. */
const SECRET =
  "(?:signature|credential|token|secret|passw(?:or)?d|passphrase|authorization|cookie|access-?_?key|api-?_?key|private-?_?key|public-?_?key|auth-?_?key|session-?_?key)[\\w-]{0,32}";

const SHORT_NAMES = "(?:sign?|hmac|se|q-ak|expires|jwt|pwd)";

/** Short names of signed links. They count only as whole words. */
const SHORT = `(?:(?<![\\w-])|(?<=%26)|(?<=%3F))${SHORT_NAMES}`;

const NAME = `(?:${SECRET}|${SHORT})`;

/** Headers with credentials. In Node's list of raw headers, a comma separates name and value. */
const HEADER =
  "(?:authorization|cookie|x-api-key|x-auth-token|x-gateway-secret|x-clouds-token|security-token|x-tc-token|x-ncp-[\\w-]{1,32})";

/** A value in JSON text, and a value in JSON text that is itself a JSON string. */
const QUOTED = '(?:[^"\\\\]|\\\\.)*';
const TWICE_QUOTED = '(?:[^"\\\\]|\\\\\\\\(?:\\\\.|[^"\\\\]))*';

type Pattern = readonly [pattern: RegExp, put: string];

const PATTERNS: readonly Pattern[] = [
  // PEM, with plain or escaped line ends.
  [
    /-----BEGIN [A-Z0-9 ]{1,40}-----(?:(?!-----END)(?:[\w+/=\s:,.-]|\\[nr]))*(?:-----END [A-Z0-9 ]{1,40}-----)?/g,
    REDACTED,
  ],
  // JSON Web Tokens.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/\b(?:AKID|LTAI|AKIA|ASIA)[A-Za-z0-9]{10,64}\b/g, REDACTED],
  [/\b(Bearer|Basic|Token)(\s{1,4})[\w.~+/=:-]{16,}/gi, `$1$2${REDACTED}`],
  // user:password@ in URLs.
  [/(:\/\/)[^\s/?#@"'<>\\]{1,256}@/g, `$1${REDACTED}@`],
  // "name":"value", plain and with escaped quotes.
  [new RegExp(`(${NAME}"\\s{0,4}:\\s{0,4}")${QUOTED}`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${NAME}\\\\"\\s{0,4}:\\s{0,4}\\\\")${TWICE_QUOTED}`, "gi"), `$1${REDACTED}`],
  // As Node prints objects.
  [new RegExp(`(${NAME}'?\\s{0,4}:\\s{0,4}')[^'"\\\\\\n]*`, "gi"), `$1${REDACTED}`],
  // Parameters of links and forms, plain and percent-encoded.
  [new RegExp(`(${NAME}=)(?:[^&\\s"'<>\\\\]|\\\\/)+`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${NAME}%3D)(?:(?!%26)[^&\\s"'<>\\\\])+`, "gi"), `$1${REDACTED}`],
  // Header lines, and Node's list of raw headers.
  [new RegExp(`(${HEADER}:[ \\t]{0,4})[^\\s"'\\\\][^"\\\\\\r\\n]*`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${HEADER}(\\\\?["'])\\s{0,4},\\s{0,4}\\2)[^"'\\\\]*`, "gi"), `$1${REDACTED}`],
];

/** A quick check that every text with a match passes. Most texts stop here. */
const SUSPICIOUS = new RegExp(
  `${SECRET}|${SHORT_NAMES}(?:=|%3D|["'\\\\]|\\s{0,4}:)|x-api-key|x-ncp-|-----BEGIN|eyJ|AKI|LTAI|ASIA|Bearer|Basic|://`,
  "i",
);
