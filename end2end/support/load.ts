// Generates load without a browser, with Node's HTTP client: many concurrent requests, or aborted ones.
import { type ChildProcess, spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Milliseconds to the last byte. */
  took: number;
}

export interface Asked {
  method?: string;
  path: string;
  cookie?: string;
  json?: unknown;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Aborts the request after this many milliseconds. */
  cutAfter?: number;
}

/** HTTP client for one server, with a limited number of connections. */
export class Client {
  private readonly agent: Agent;

  constructor(private readonly base: string, connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends one request. An aborted request has the status 0. */
  ask(asked: Asked): Promise<Answer> {
    const { hostname, port } = new URL(this.base);
    const data = asked.json === undefined ? asked.body : Buffer.from(JSON.stringify(asked.json));
    const headers: Record<string, string | number> = { origin: this.base, ...asked.headers };
    if (asked.cookie) headers.cookie = asked.cookie;
    if (asked.json !== undefined) headers["content-type"] = "application/json";
    if (data) headers["content-length"] = data.length;
    return new Promise((done, failed) => {
      const from = performance.now();
      const sent = request({ hostname, port, agent: this.agent, method: asked.method ?? "GET", path: asked.path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => done({ status: 0, headers: {}, body: "", took: performance.now() - from }));
        response.on("end", () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString(), took: performance.now() - from }),
        );
      });
      sent.on("error", (error) => (asked.cutAfter === undefined ? failed(error) : done({ status: 0, headers: {}, body: "", took: performance.now() - from })));
      if (asked.cutAfter !== undefined) setTimeout(() => sent.destroy(), asked.cutAfter);
      sent.end(data);
    });
  }

  /** Calls a server function. */
  call(name: string, cookie: string, json: unknown, cutAfter?: number): Promise<Answer> {
    return this.ask({ method: "POST", path: `/api/fn/${name}`, cookie, json, cutAfter });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Configuration of an attacker, see attacker.mjs. */
export interface Attack {
  base: string;
  lanes: number;
  requests: Pick<Asked, "method" | "path" | "cookie" | "json">[];
  cutAfter?: number[];
}

/** A process that sends requests without pause. */
export class Attacker {
  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    /** Status of its first request. */
    readonly first: number,
  ) {}

  static async start(attack: Attack): Promise<Attacker> {
    const child = spawn(process.execPath, [join(__dirname, "attacker.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write(`${JSON.stringify(attack)}\n`);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Attacker(child, lines, Number((await lines.next()).value));
  }

  /** Stops the process. Returns the number of answers for each status. */
  async stop(): Promise<Record<string, number>> {
    this.process.stdin?.end();
    return JSON.parse((await this.lines.next()).value);
  }
}

/** Returns the quantile of the numbers, such as their median for a share of 0.5. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
