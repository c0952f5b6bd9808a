import { Gauge, type Registry } from "prom-client";
import { metricName } from "./names.js";

/** Shows at each scrape how many backups are held in memory. */
export function addCacheGauge(registry: Registry, rowsHeld: () => number): void {
  new Gauge({
    name: metricName("cache_rows"),
    help: "Backups held in memory, over all sources; each source counts a few itself.",
    registers: [registry],
    collect() {
      this.set(rowsHeld());
    },
  });
}
