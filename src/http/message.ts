/** A request ready to be sent. Header names are lower case; a body is UTF-8 text. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer, read whole and within the size cap. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Set where only the end of the connection ended the body, so that half of it looks whole. */
  readonly endedByClose?: boolean;
}
