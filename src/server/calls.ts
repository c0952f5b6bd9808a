import type { OperationPlugin } from "./operationPlugin.js";

/** The header with which a client asks what its operation cost the vendors. */
const HEADER = "x-gateway-calls";

/** The scope that may see it where callers are known. */
const SCOPE = "metrics:read";

/** Tells a client that asks for it, in `extensions.calls`, which vendor calls its operation made. */
export const tellCalls: OperationPlugin = {
  willSendResponse: async ({ request, response, contextValue: { principal, reads } }) => {
    if (request.http?.headers.get(HEADER) !== "1") return;
    if (response.body.kind !== "single" || !principal.scopes.has(SCOPE)) return;
    const { singleResult } = response.body;
    const calls = reads.calls();
    singleResult.extensions = { ...singleResult.extensions, calls };
  },
};
