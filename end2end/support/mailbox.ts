// Reads and decodes the mails that the tested server has sent. Without an SMTP server, they are files in the outbox of
// its data directory.
import { expect } from "@playwright/test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A decoded mail. */
export interface Mail {
  to: string;
  from: string;
  subject: string;
  id: string;
  text: string;
  html: string;
  attachments: { name: string; type: string; bytes: Buffer }[];
}

type Part = [Map<string, string>, string];

function words(header: string): string {
  return header.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8") : quoted(text.replaceAll("_", " ")),
  );
}

const quoted = (text: string): string =>
  Buffer.from(text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");

function headers(block: string): Map<string, string> {
  const lines = block.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
}

function split(raw: string): [Map<string, string>, string] {
  const at = raw.search(/\r?\n\r?\n/);
  return [headers(raw.slice(0, at)), raw.slice(at).replace(/^(\r?\n){2}/, "")];
}

function body(head: Map<string, string>, raw: string): string {
  const encoding = head.get("content-transfer-encoding")?.toLowerCase();
  if (encoding === "base64") return Buffer.from(raw, "base64").toString("utf8");
  if (encoding === "quoted-printable") return quoted(raw);
  return Buffer.from(raw, "latin1").toString("utf8");
}

/** Returns the parts of a message that have no parts themselves. */
function partsOf([head, raw]: Part): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(head.get("content-type") ?? "")?.[1];
  if (!boundary) return [[head, raw]];
  return raw.split(`--${boundary}`).slice(1, -1).flatMap((part) => partsOf(split(part.replace(/^\r?\n/, ""))));
}

/** Decodes a message. */
export function read(raw: string): Mail {
  const [head, rest] = split(raw);
  const parts = partsOf([head, rest]);
  const attachments = parts
    .filter(([head]) => head.get("content-disposition")?.startsWith("attachment"))
    .map(([head, raw]) => ({
      name: /filename="?([^";]+)"?/.exec(head.get("content-disposition") ?? "")?.[1] ?? "",
      type: head.get("content-type") ?? "",
      bytes: Buffer.from(raw, head.get("content-transfer-encoding")?.toLowerCase() === "base64" ? "base64" : "latin1"),
    }));
  const part = (type: string) => {
    const found = parts.find(([head]) => head.get("content-type")?.startsWith(type));
    return found ? body(found[0], found[1]).replaceAll("\r\n", "\n") : "";
  };
  const get = (name: string) => words(head.get(name) ?? "");
  return { to: get("to"), from: get("from"), subject: get("subject"), id: get("message-id"), text: part("text/plain"), html: part("text/html"), attachments };
}

/** Returns all mails to exactly this address, oldest first. */
export function mailsTo(address: string, data = process.env.STILE_E2E_DATA ?? ""): Mail[] {
  const outbox = join(data, "outbox");
  const files = existsSync(outbox) ? readdirSync(outbox).filter((name) => name.endsWith(".eml")).sort() : [];
  return files.map((name) => read(readFileSync(join(outbox, name), "latin1"))).filter((mail) => (/<([^>]+)>$/.exec(mail.to)?.[1] ?? mail.to) === address);
}

/** Waits for the next mail to an address after the first `after` mails, and returns it. */
export async function mailTo(address: string, after = 0, data = process.env.STILE_E2E_DATA): Promise<Mail> {
  await expect.poll(() => mailsTo(address, data).length, `no mail to ${address} arrives`).toBeGreaterThan(after);
  return mailsTo(address, data)[after];
}

/** Returns the path of the only link in a mail that starts with `path`. Both parts of the mail must have it. */
export function linkIn(mail: Mail, path: string): string {
  const links = [...mail.text.matchAll(/https?:\/\/[^\s"<>]+/g)].map(([url]) => new URL(url)).filter((url) => url.pathname.startsWith(path));
  expect(links, `one link to ${path} in: ${mail.text}`).toHaveLength(1);
  expect(mail.html, "the HTML part has another link").toContain(links[0].href);
  return links[0].pathname;
}
