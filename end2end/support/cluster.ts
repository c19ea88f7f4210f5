// The private cluster from outside: stopping, starting and killing PostgreSQL under a server that goes on.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The cluster's own directory (`PGDATA`), which may be outside the data directory when that can't be reached unprivileged. */
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
  // PostgreSQL refuses root.
  const unprivileged = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];
  const [program, ...rest] = [...unprivileged, ...command];
  execFileSync(program, rest, { stdio: "ignore", timeout: 30_000, cwd: "/" });
}

/** Stops PostgreSQL at once, as an administrator's order: the server does not start it again by itself. */
export const stopPostgres = (data: string): void => control(data, "stop", "-m", "immediate");

/** Starts it as an administrator would. */
export const startPostgres = (data: string): void => control(data, "start", "-l", join(pgdata(data), "started-by-test.log"));

/** The pid of PostgreSQL's first process; 0 while there is none. */
export function postmaster(data: string): number {
  const file = join(pgdata(data), "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
}

/** Kills PostgreSQL's first process without warning, as a crash would. */
export function killPostgres(data: string): void {
  const pid = postmaster(data);
  if (!(pid > 1)) throw new Error("PostgreSQL does not run");
  process.kill(pid, "SIGKILL");
}

/** Removes a stopped server's data directory, and its cluster if that is elsewhere. */
export function discard(data: string): void {
  rmSync(join(pgdata(data), ".."), { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
}
