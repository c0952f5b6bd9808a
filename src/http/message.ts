/** A request that is ready to be sent. Header names are lower case. A body is UTF-8 text. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A whole answer within the size limit. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. Repeated headers are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Set if only the end of the connection ended the body, so that half of it would look whole. */
  readonly endedByClose?: boolean;
}
