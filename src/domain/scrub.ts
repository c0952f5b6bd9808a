/** Takes secrets out of a text, and leaves everything else as it is. */
export type Scrub = (text: string) => string;

/** What stands where a secret was. */
export const REDACTED = "[redacted]";

/** Shorter ones would take ordinary words out of every text. */
const MIN_SECRET_LENGTH = 6;

/**
 * Makes the scrubber that every text passes before it leaves in a log, an error, a trace or a metric.
 *
 * It removes the given secrets, also where they are percent-encoded or escaped as JSON, and whatever
 * looks like one: parameters that sign a link, credentials in headers and URLs, tokens, PEM blocks.
 * Text that was JSON stays JSON: nothing that is removed reaches over a quote.
 * Cost:  linear in the text; every part of a pattern that repeats is bounded or ends at its first stop.
 */
export function makeScrub(secrets: readonly string[] = []): Scrub {
  const exact = patternOf(secrets);
  return (text) => {
    const known = exact === null ? text : text.replace(exact, REDACTED);
    if (!SUSPICIOUS.test(known)) return known;
    return PATTERNS.reduce((left, [pattern, put]) => left.replace(pattern, put), known);
  };
}

/** All given secrets in every form in which they may be written, the longest first. */
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
  // By way of bytes: a half of a surrogate pair cannot be encoded.
  const encoded = encodeURIComponent(Buffer.from(secret, "utf8").toString("utf8"));
  const form = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [secret, quoted, escaped(quoted), encoded, form];
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Words that the names of secrets contain, in parameters, JSON keys and headers alike. */
const SECRET =
  "(?:signature|credential|token|secret|passw(?:or)?d|passphrase|authorization|cookie|access-?_?key|api-?_?key|private-?_?key|public-?_?key|auth-?_?key|session-?_?key)[\\w-]{0,32}";

const SHORT_NAMES = "(?:sign?|hmac|se|q-ak|expires|jwt|pwd)";

/** Short names that are secrets of signed links only where nothing else is written around them. */
const SHORT = `(?:(?<![\\w-])|(?<=%26)|(?<=%3F))${SHORT_NAMES}`;

const NAME = `(?:${SECRET}|${SHORT})`;

/** Headers that carry credentials; in a list of raw headers, only commas tell name from value. */
const HEADER =
  "(?:authorization|cookie|x-api-key|x-auth-token|x-gateway-secret|x-clouds-token|security-token|x-tc-token|x-ncp-[\\w-]{1,32})";

/** A value inside of JSON text, and inside of JSON text that is itself inside of JSON text. */
const QUOTED = '(?:[^"\\\\]|\\\\.)*';
const TWICE_QUOTED = '(?:[^"\\\\]|\\\\\\\\(?:\\\\.|[^"\\\\]))*';

type Pattern = readonly [pattern: RegExp, put: string];

const PATTERNS: readonly Pattern[] = [
  // PEM, its line ends as they are or escaped.
  [
    /-----BEGIN [A-Z0-9 ]{1,40}-----(?:(?!-----END)(?:[\w+/=\s:,.-]|\\[nr]))*(?:-----END [A-Z0-9 ]{1,40}-----)?/g,
    REDACTED,
  ],
  // Tokens of three parts, whatever is around them.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/\b(?:AKID|LTAI|AKIA|ASIA)[A-Za-z0-9]{10,64}\b/g, REDACTED],
  [/\b(Bearer|Basic|Token)(\s{1,4})[\w.~+/=:-]{16,}/gi, `$1$2${REDACTED}`],
  // user:password@ in URLs.
  [/(:\/\/)[^\s/?#@"'<>\\]{1,256}@/g, `$1${REDACTED}@`],
  // "name":"value", then the same with its quotes escaped.
  [new RegExp(`(${NAME}"\\s{0,4}:\\s{0,4}")${QUOTED}`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${NAME}\\\\"\\s{0,4}:\\s{0,4}\\\\")${TWICE_QUOTED}`, "gi"), `$1${REDACTED}`],
  // As Node prints objects.
  [new RegExp(`(${NAME}'?\\s{0,4}:\\s{0,4}')[^'"\\\\\\n]*`, "gi"), `$1${REDACTED}`],
  // Parameters of links and forms; values that are links themselves are percent-encoded.
  [new RegExp(`(${NAME}=)(?:[^&\\s"'<>\\\\]|\\\\/)+`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${NAME}%3D)(?:(?!%26)[^&\\s"'<>\\\\])+`, "gi"), `$1${REDACTED}`],
  // Header lines, and headers as Node lists them.
  [new RegExp(`(${HEADER}:[ \\t]{0,4})[^\\s"'\\\\][^"\\\\\\r\\n]*`, "gi"), `$1${REDACTED}`],
  [new RegExp(`(${HEADER}(\\\\?["'])\\s{0,4},\\s{0,4}\\2)[^"'\\\\]*`, "gi"), `$1${REDACTED}`],
];

/** What every text has that one of the patterns fits: most texts are cleared by this one look. */
const SUSPICIOUS = new RegExp(
  `${SECRET}|${SHORT_NAMES}(?:=|%3D|["'\\\\]|\\s{0,4}:)|x-api-key|x-ncp-|-----BEGIN|eyJ|AKI|LTAI|ASIA|Bearer|Basic|://`,
  "i",
);
