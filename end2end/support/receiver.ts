// A receiver of webhooks: an HTTP server that keeps what it gets, and answers as the test says.
import { randomBytes, randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "./facts";

/** A message as it arrived. */
export interface Message {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export type Reply = (message: Message, response: ServerResponse) => void;

export const accept: Reply = (_, response) => void response.writeHead(204).end();

export class Receiver {
  readonly messages: Message[] = [];
  reply: Reply = accept;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk)).on("end", () => {
        const message = { path: request.url ?? "", headers: request.headers as Record<string, string>, body };
        receiver.messages.push(message);
        receiver.reply(message, response);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = "/hook"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Returns the messages to a path. */
  at(path: string): Message[] {
    return this.messages.filter((message) => message.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Adds a webhook whose messages can't be signed, for tests of who may change it. Returns its id. */
export async function addWebhook(workspace: string, description: string): Promise<string> {
  const id = randomUUID();
  await sql(
    "insert into workspace.webhooks (workspace_id, id, url, description, secret, events) values ($1, $2, 'https://hooks.example.com/', $3, $4, array['import.done'])",
    [workspace, id, description, randomBytes(72)]);
  return id;
}
