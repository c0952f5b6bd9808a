// Asks the gateway in the same container whether it is ready; exits with 0 if it is.
const { GATEWAY_HOST = "127.0.0.1", PORT = "4000" } = process.env;

// Uses the address that the gateway is bound to, because it may not answer to other host names.
const host = GATEWAY_HOST.includes(":") ? `[${GATEWAY_HOST}]` : GATEWAY_HOST;
try {
  const response = await fetch(`http://${host}:${PORT}/health/ready`, {
    signal: AbortSignal.timeout(2_000),
  });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
