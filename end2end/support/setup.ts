// Starts the server before all tests, and stops it after them.
import { rmSync } from "node:fs";
import { start, stop } from "./server";

export default async function setup(): Promise<() => Promise<void>> {
  const running = await start();
  process.env.STILE_E2E_DATA = running.data;
  return async () => {
    await stop(running);
    rmSync(running.data, { recursive: true, force: true });
  };
}
