/** Begins the name of every metric of the gateway; those of the process keep their usual names. */
const PREFIX = "backup_gateway_";

/** The whole name of a metric. */
export const metricName = (name: string): string => `${PREFIX}${name}`;
