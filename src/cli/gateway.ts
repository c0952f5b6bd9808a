import { makeGateway, type Gateway } from "../app.js";
import type { GatewayConfig } from "../config/config.js";
import type { HttpObserver } from "../http/observer.js";

/** Backups held in memory, over all sources. */
const CACHE_ROWS = 200_000;

/** The gateway that a config describes, without its server. */
export const gatewayOf = (
  { accounts, cache, limits, server }: GatewayConfig,
  hooks: {
    readonly observer?: HttpObserver;
    readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
    readonly onShared?: (state: "up" | "lost") => void;
  } = {},
): Gateway =>
  makeGateway({
    accounts,
    settings: {
      ttlMs: cache.ttlMs,
      staleIfErrorMs: cache.staleIfErrorMs,
      scanRows: limits.scanRows,
      cacheRows: CACHE_ROWS,
    },
    cursorKeys: server.cursorKeys,
    limits,
    now: Date.now,
    cacheUrl: cache.url,
    refreshShare: cache.refresh.share,
    ...hooks,
  });
