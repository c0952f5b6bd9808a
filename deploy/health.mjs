// Asks the gateway in the same container whether it is ready; exits with 0 where it is.
const { GATEWAY_HOST = "127.0.0.1", PORT = "4000" } = process.env;

// By the address that it is bound to: other names may not be among those that it answers to.
const host = GATEWAY_HOST.includes(":") ? `[${GATEWAY_HOST}]` : GATEWAY_HOST;
try {
  const response = await fetch(`http://${host}:${PORT}/health/ready`, {
    signal: AbortSignal.timeout(2_000),
  });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
