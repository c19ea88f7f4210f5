// Starts a second server with the same database, for tests that changes on one server reach the other.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BrowserContext, expect } from "@playwright/test";
import { PASSWORD } from "./people";
import { PORT, stop } from "./server";

const repository = resolve(__dirname, "../..");
export const SECOND_PORT = PORT + 400;
export const SECOND = `http://127.0.0.1:${SECOND_PORT}`;

/** Signs in at the second server. A session of the first is not valid there, because cookie names contain the port. */
export async function signInThere(context: BrowserContext, who: string): Promise<void> {
  const answer = await context.request.post(`${SECOND}/api/fn/sign_in`, {
    headers: { "content-type": "application/json", origin: SECOND },
    data: { email: who, password: PASSWORD, next: "" },
  });
  expect(answer.status()).toBe(200);
}

/** The running second server. */
export class Second {
  private constructor(private readonly process: ChildProcess, private readonly data: string) {}

  /** Starts the second server with the database and the secret of the first. */
  static async start(): Promise<Second> {
    const first = process.env.STILE_E2E_DATA ?? "";
    const kept = (name: string) => readFileSync(join(first, name), "utf8").trim();
    const data = mkdtempSync(join(tmpdir(), "stile-second-"));
    // Both servers send mails from the same queue, so they share one outbox.
    symlinkSync(join(first, "outbox"), join(data, "outbox"));
    const child = spawn(process.env.STILE_BIN ?? join(repository, "target/release/stile"), ["serve"], {
      cwd: repository,
      env: {
        ...process.env,
        STILE_DATA_DIR: data,
        STILE_LISTEN: `127.0.0.1:${SECOND_PORT}`,
        STILE_SITE_DIR: process.env.STILE_SITE_DIR ?? join(repository, "target/site"),
        STILE_LOG: "json",
        STILE_SECRET: kept("secret"),
        DATABASE_URL: `postgres://stile_app:${kept("app.secret")}@localhost/stile?host=${encodeURIComponent(kept("postgres.socket"))}`,
        STILE_OWNER_DATABASE_URL: "",
        STILE_OUTGOING_NETWORKS: "127.0.0.1",
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr?.on("data", (chunk) => (log = (log + chunk).slice(-20_000)));
    const deadline = Date.now() + 30_000;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the second server ended with ${child.exitCode}:\n${log}`);
      if (await fetch(`${SECOND}/readyz`).then((r) => r.ok, () => false)) return new Second(child, data);
      if (Date.now() > deadline) throw new Error(`the second server is not ready after 30 s:\n${log}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Stops the server and removes its data. */
  async stop(): Promise<void> {
    await stop({ process: this.process, data: this.data });
    rmSync(this.data, { recursive: true, force: true });
  }
}
