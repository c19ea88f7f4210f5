// Memory use of uploaded pictures (docs/SECURITY.md, I-21): small files that need much memory when decoded. Several at
// a time raise the server's memory by less than 200 MB, and the server keeps running.
import { expect, test } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { discard } from "../support/cluster";
import { Client } from "../support/load";
import { sessionOf } from "../support/raw";
import { PORT, type Running, start, stop } from "../support/server";

const HERE = PORT + 43;
const base = `http://127.0.0.1:${HERE}`;
const PEOPLE = ["ada@smartai.example", "olu@smartai.example", "ben@globalai.example", "mia@smartai.example"];
const ALLOWED_KB = 200_000;
let running: Running;
let cookies: string[];

test.beforeAll(async () => {
  running = await start(undefined, HERE);
  cookies = await Promise.all(PEOPLE.map((who) => sessionOf(who, base)));
});

test.afterAll(async () => {
  if (!running) return;
  await stop(running);
  discard(running.data);
});

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, check]);
}

/** Makes a black PNG with additional chunks before its pixels. */
function black(width: number, height: number, depth: number, colour: number, channels: number, more: Buffer[] = []): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(height * (1 + (width * channels * depth) / 8)), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), ...more, chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

const memory = (field: string) => Number(readFileSync(`/proc/${running.process.pid}/status`, "utf8").match(new RegExp(`${field}:\\s+(\\d+)`))?.[1]);

function post(client: Client, cookie: string, file: Buffer) {
  const edge = "edge-of-a-part";
  const field = (name: string, value: string) => `--${edge}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = Buffer.concat([
    Buffer.from(`${field("action", "picture")}--${edge}\r\ncontent-disposition: form-data; name="picture"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${edge}--\r\n`),
  ]);
  return client.ask({ method: "POST", path: "/account/profile", cookie, headers: { "content-type": `multipart/form-data; boundary=${edge}`, "sec-fetch-site": "same-origin" }, body });
}

const bomb = () => deflateSync(Buffer.alloc(200_000_000), { level: 9 });
for (const [what, file, status] of [
  ["16 bits a channel, 6,000 x 6,000", () => black(6000, 6000, 16, 2, 3), 422],
  ["16 bits and transparency, 4,000 x 4,000", () => black(4000, 4000, 16, 6, 4), 303],
  ["8 bits a channel, 6,000 x 6,000", () => black(6000, 6000, 8, 2, 3), 303],
  ["a colour profile of 200 MB", () => black(64, 64, 8, 2, 3, [chunk("iCCP", Buffer.concat([Buffer.from("a\0\0", "latin1"), bomb()]))]), 303],
  ["a text of 200 MB", () => black(64, 64, 8, 2, 3, [chunk("zTXt", Buffer.concat([Buffer.from("a\0\0", "latin1"), bomb()]))]), 303],
] as const) {
  test(`four pictures at once with ${what} use less than 200 MB`, async () => {
    test.setTimeout(120_000);
    const picture = file();
    expect(picture.length, "control: the file is small enough to be read").toBeLessThan(1_000_000);
    const client = new Client(base, 8);
    const idle = memory("VmRSS");
    writeFileSync(`/proc/${running.process.pid}/clear_refs`, "5");
    const answers = await Promise.all(cookies.map((cookie) => post(client, cookie, picture)));
    const peak = memory("VmHWM");
    console.log(`    ${what}: ${(picture.length / 1000).toFixed(0)} kB each; ${idle} kB idle, ${peak} kB at most, answered ${answers.map((a) => a.status)}`);
    // The server decodes one picture at a time. It answers 429 to requests that wait too long.
    const statuses = answers.map((a) => a.status);
    expect(statuses).toContain(status);
    expect(statuses.filter((answered) => ![status, 429].includes(answered))).toEqual([]);
    expect(peak - idle, "additional memory for four small files, in kB").toBeLessThan(ALLOWED_KB);
    expect((await client.ask({ path: "/account/profile", cookie: cookies[0] })).status).toBe(200);
    client.close();
  });
}
