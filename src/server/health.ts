import type { FastifyInstance } from "fastify";

/** Tells probes whether the process lives, and whether requests should be sent to it. */
export function addHealth(app: FastifyInstance, isReady: () => boolean): void {
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", (_, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "unavailable" });
  });
}
