// A minimal SMTP server (RFC 5321) that stores the received messages.
import { type Server, type Socket, createServer } from "node:net";

/** A received message. */
export interface Delivered {
  from: string;
  to: string[];
  raw: string;
}

/** A local mail server. */
export class MailServer {
  readonly delivered: Delivered[] = [];
  /** Replies that refuse the next messages, such as "451 try later". */
  readonly refusals: string[] = [];
  /** Number of connections so far. */
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server, readonly port: number) {}

  /** Starts on the given port; 0 means any free port. */
  static async start(port = 0): Promise<MailServer> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    const address = server.address();
    const mail = new MailServer(server, typeof address === "object" && address ? address.port : port);
    server.on("connection", (socket) => mail.serve(socket));
    return mail;
  }

  /** Stops the server and closes all connections. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket)).on("error", () => socket.destroy());
    let [buffer, from, data]: [string, string, string[] | null] = ["", "", null];
    let to: string[] = [];
    const reply = (line: string) => socket.write(`${line}\r\n`);
    const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";
    const take = (line: string) => {
      if (data) {
        if (line !== ".") return void data.push(line.startsWith("..") ? line.slice(1) : line);
        const refusal = this.refusals.shift();
        if (!refusal) this.delivered.push({ from, to, raw: data.join("\r\n") });
        data = null;
        return reply(refusal ?? "250 taken");
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "EHLO") return reply("250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8");
      if (verb === "HELO") return reply("250 mail.test");
      if (verb === "MAIL") [from, to] = [address(line), []];
      if (verb === "RCPT") to.push(address(line));
      if (verb === "DATA") {
        data = [];
        return reply("354 go on");
      }
      reply(verb === "QUIT" ? "221 bye" : "250 ok");
      if (verb === "QUIT") socket.end();
    };
    reply("220 mail.test");
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      const lines = (buffer + chunk).split("\r\n");
      buffer = lines.pop() ?? "";
      for (const line of lines) take(line);
    });
  }
}
