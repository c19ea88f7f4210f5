// Starts the tested server: the real binary with its private cluster in a new data directory.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";

export const PORT = Number(process.env.STILE_E2E_PORT ?? 3199);
export const BASE = `http://127.0.0.1:${PORT}`;
/** Returns the name of the session cookie for a port. */
export const cookieAt = (port = PORT): string => `stile-${port}`;
/** Token for /metrics of the tested server. */
export const METRICS_TOKEN = "metrics-of-the-tests";
const repository = resolve(__dirname, "../..");

/** A running server. */
export interface Running {
  process: ChildProcess;
  data: string;
}

/** Starts a server and waits until it is ready. */
export async function start(data = mkdtempSync(join(tmpdir(), "stile-e2e-")), port = PORT, wait = true, settings: Record<string, string> = {}): Promise<Running> {
  const binary = process.env.STILE_BIN ?? join(repository, "target/release/stile");
  const child = spawn(binary, ["serve", "--demo"], {
    cwd: repository,
    env: {
      ...process.env,
      STILE_DATA_DIR: data,
      STILE_LISTEN: `127.0.0.1:${port}`,
      STILE_SITE_DIR: process.env.STILE_SITE_DIR ?? join(repository, "target/site"),
      STILE_LOG: "json",
      DATABASE_URL: "",
      STILE_OWNER_DATABASE_URL: "",
      STILE_SMTP_URL: "",
      // Receivers of webhooks in the tests.
      STILE_OUTGOING_NETWORKS: "127.0.0.1",
      STILE_METRICS_TOKEN: METRICS_TOKEN,
      ...settings,
    },
    stdio: ["ignore", "inherit", "pipe"],
  });
  let log = "";
  child.stderr?.on("data", (chunk) => (log = (log + chunk).slice(-20_000)));
  const deadline = Date.now() + 60_000;
  while (wait) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${log}`);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((r) => r.ok, () => false);
    if (ready) break;
    if (Date.now() > deadline) throw new Error(`the server is not ready after 60 s:\n${log}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return { process: child, data };
}

/** Stops a server and waits until its process has ended. */
export async function stop(running: Running): Promise<void> {
  if (running.process.exitCode !== null) return;
  const ended = new Promise((done) => running.process.once("exit", done));
  running.process.kill("SIGTERM");
  await ended;
}

/** Opens a connection as the superuser of the cluster, to read and change rows directly. */
export async function database(data = process.env.STILE_E2E_DATA ?? ""): Promise<Client> {
  const socket = readFileSync(join(data, "postgres.socket"), "utf8").trim();
  const client = new Client({
    host: socket,
    port: 5432,
    user: "stile_super",
    password: readFileSync(join(data, "postgres.secret"), "utf8").trim(),
    database: "stile",
  });
  await client.connect();
  return client;
}
