import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Debian's Chromium where there is one (as root it needs --no-sandbox), else Playwright's own.
const chromium = "/usr/bin/chromium";
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  // Generous, because a busy machine is slow. What has to be fast is measured in the page itself.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  // A second try tells a test that depends on its moment from one that fails; the report names it as flaky.
  retries: 1,
  forbidOnly: true,
  reporter: [["list"]],
  globalSetup: "./support/setup.ts",
  use: {
    baseURL: `http://127.0.0.1:${process.env.STILE_E2E_PORT ?? 3199}`,
    // A trace costs a quarter of the time of a run.
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
