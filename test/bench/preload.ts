import { CPU_MESSAGE } from "./cpu.js";

// Loaded before each server, including the gateway, which is otherwise as shipped.
process.on("message", (message) => {
  if (message !== CPU_MESSAGE) return;
  const { user, system } = process.cpuUsage();
  process.send?.({ [CPU_MESSAGE]: user + system });
});
process.on("disconnect", () => process.exit());
process.channel?.unref();
