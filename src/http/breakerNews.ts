/** A breaker that can be told that others found its host down. */
export interface DoubtableBreaker {
  /** Lets a single attempt find out whether the host is up, where the breaker is closed. */
  doubt(): void;
}

/** What other replicas know of hosts that are down. */
export interface BreakerNews {
  /** Called at each attempt, and gives no answer: a breaker whose host is down for others is doubted. */
  look(account: string, origin: string, breaker: DoubtableBreaker): void;
}
