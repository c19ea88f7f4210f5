// Stops, starts and kills the private PostgreSQL cluster while the server runs.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the directory of the cluster (`PGDATA`). It is outside the data directory if PostgreSQL's unprivileged user
 * can't access that.
 */
function pgdata(data: string): string {
  const record = join(data, "cluster.path");
  const home = existsSync(record) ? readFileSync(record, "utf8").trim() : join(data, "postgres");
  return join(home, "data");
}

function pgCtl(): string {
  const versions = "/usr/lib/postgresql";
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  return newest ? join(versions, newest, "bin/pg_ctl") : "pg_ctl";
}

function control(data: string, ...args: string[]): void {
  const command = [pgCtl(), "-D", pgdata(data), "-s", "-w", ...args];
  // PostgreSQL refuses to run as root.
  const unprivileged = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];
  const [program, ...rest] = [...unprivileged, ...command];
  execFileSync(program, rest, { stdio: "ignore", timeout: 30_000, cwd: "/" });
}

/** Stops PostgreSQL immediately, as an administrator would. The server does not restart it then. */
export const stopPostgres = (data: string): void => control(data, "stop", "-m", "immediate");

/** Starts PostgreSQL, as an administrator would. */
export const startPostgres = (data: string): void => control(data, "start", "-l", join(pgdata(data), "started-by-test.log"));

/** Returns the pid of PostgreSQL's main process, or 0 if it is not running. */
export function postmaster(data: string): number {
  const file = join(pgdata(data), "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
}

/** Kills PostgreSQL's main process, as a crash would. */
export function killPostgres(data: string): void {
  const pid = postmaster(data);
  if (!(pid > 1)) throw new Error("PostgreSQL does not run");
  process.kill(pid, "SIGKILL");
}

/** Removes the data directory of a stopped server, and its cluster if that is outside the directory. */
export function discard(data: string): void {
  rmSync(join(pgdata(data), ".."), { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
}
