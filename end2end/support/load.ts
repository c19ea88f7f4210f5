// Load without a browser: requests by Node's own client, with connections of their own, many at a time or cut off.
import { Agent, request } from "node:http";

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
  /** Goes away after so many milliseconds. */
  cutAfter?: number;
}

/** Whoever asks one server, by at most so many connections. */
export class Client {
  private readonly agent: Agent;

  constructor(private readonly base: string, connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends one request. One that is cut off has the status 0. */
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

/** Does something over and over, so many at a time, until it is told to stop; gives the answers' statuses. */
export function keepAsking(lanes: number, ask: (n: number) => Promise<Answer>): { stop: () => Promise<Map<number, number>> } {
  let going = true;
  const statuses = new Map<number, number>();
  const lane = async (n: number) => {
    while (going) {
      const { status } = await ask(n);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const all = Array.from({ length: lanes }, (_, n) => lane(n));
  return {
    stop: async () => {
      going = false;
      await Promise.all(all);
      return statuses;
    },
  };
}

/** The value below which that share of the numbers lies. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
