// Loaded by `node --import`: every HTTP server of the process keeps its timeouts, divided by thirty, so
// that a test sees them end what they should without waiting as long as a client would.
import { Server } from "node:http";

const TIMEOUTS = [
  "requestTimeout",
  "headersTimeout",
  "keepAliveTimeout",
  "connectionsCheckingInterval",
];
const { listen } = Server.prototype;

Server.prototype.listen = function (...args) {
  for (const name of TIMEOUTS) this[name] /= 30;
  return listen.apply(this, args);
};
