import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Uses Debian's Chromium if it is installed, otherwise Playwright's own. As root, Chromium needs --no-sandbox.
const chromium = "/usr/bin/chromium";
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  // Long timeouts, because a busy machine is slow. Tests of speed measure the time or set a timeout.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  // One retry. A test that passes only on the retry depends on timing, and the report marks it as flaky.
  retries: 1,
  forbidOnly: true,
  reporter: [["list"]],
  globalSetup: "./support/setup.ts",
  use: {
    baseURL: `http://127.0.0.1:${process.env.STILE_E2E_PORT ?? 3199}`,
    // Recording traces would add a quarter to the time of a run.
    trace: "on-first-retry",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: [
        ...(root ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
