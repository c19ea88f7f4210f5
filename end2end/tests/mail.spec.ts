// Mail delivery by SMTP (docs/SECURITY.md, I-25): each mail is sent once, in both formats, to its recipient. A
// temporarily refused mail is sent later. A killed server loses no mail.
import { expect, test, type APIRequestContext } from "@playwright/test";
import { discard } from "../support/cluster";
import { sql } from "../support/facts";
import { read } from "../support/mailbox";
import { PORT, type Running, start, stop } from "../support/server";
import { MailServer } from "../support/smtp";

const HERE = PORT + 45;
const base = `http://127.0.0.1:${HERE}`;
let mail: MailServer;
let running: Running;
let main: string | undefined;

test.beforeAll(async () => {
  mail = await MailServer.start();
  const settings = { STILE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, STILE_MAIL_FROM: "Stile <stile@mail.example>" };
  running = await start(undefined, HERE, true, settings);
  main = process.env.STILE_E2E_DATA;
  process.env.STILE_E2E_DATA = running.data;
});

test.afterAll(async () => {
  process.env.STILE_E2E_DATA = main;
  if (running) {
    await stop(running);
    discard(running.data);
  }
  await mail?.stop();
});

async function ask(request: APIRequestContext, email: string): Promise<void> {
  const answer = await request.post(`${base}/api/fn/ask_sign_up`, {
    headers: { "content-type": "application/json", origin: base },
    data: { email, next: "" },
  });
  expect(answer.status()).toBe(200);
}
const delivered = (email: string) => mail.delivered.filter((d) => d.to.includes(email));
const arrives = (email: string, timeout = 5_000) => expect.poll(() => delivered(email).length, { message: `no mail to ${email} arrived`, timeout }).toBe(1);
/** Makes the next attempt due now. */
const due = () => sql("update account.mail_queue set next_attempt_at = now() where letter is not null");

test("a mail arrives within a second, complete, from the configured sender, and its text is then erased", async ({ request }) => {
  const from = Date.now();
  await ask(request, "one@mail.example");
  await arrives("one@mail.example");
  expect(Date.now() - from, "the delivery took too long").toBeLessThan(1_500);
  const [{ from: envelope, to, raw }] = delivered("one@mail.example");
  expect([envelope, to]).toEqual(["stile@mail.example", ["one@mail.example"]]);
  const letter = read(raw);
  expect(letter.subject).toBe("Create your Stile account");
  expect(letter.from).toContain("Stile");
  expect(letter.id).toMatch(/^<[0-9a-f-]{36}@mail\.example>$/);
  const link = /http:\/\/127\.0\.0\.1:\d+\/sign-up\/[\w-]{43}/.exec(letter.text)?.[0] ?? "no link";
  expect(letter.text).toContain(link);
  expect(letter.html).toContain(`href="${link}"`);
  expect(letter.html, "the HTML part has no dark colours").toContain("prefers-color-scheme: dark");
  expect(letter.html, "the HTML part loads resources, which reveals that it was opened").not.toMatch(/<img|src=|@import|url\(/i);
  await expect.poll(async () => (await sql<{ n: string }>("select count(*) as n from account.mail_queue where letter is not null"))[0].n).toBe("0");
});

test("a temporarily refused mail is sent later, once; a finally refused one is not tried again", async ({ request }) => {
  mail.refusals.push("451 try again later");
  await ask(request, "later@mail.example");
  await expect.poll(async () => (await sql<{ e: string }>("select last_error as e from account.mail_queue where letter is not null"))[0]?.e).toBe("the mail server answered 451");
  expect(delivered("later@mail.example")).toEqual([]);
  await due();
  await arrives("later@mail.example", 10_000);

  mail.refusals.push("550 no such mailbox here: secret@mail.example");
  await ask(request, "gone@mail.example");
  await expect.poll(async () => (await sql("select from account.mail_queue where given_up_at is not null and letter is null")).length).toBe(1);
  const noted = await sql<{ row: string }>("select q::text as row from account.mail_queue q where given_up_at is not null");
  expect(noted[0].row, "the stored error contains the mail server's text about an address").not.toContain("secret@");
});

test("no mail is lost if the mail server is down and the server is killed", async ({ request }) => {
  const { port } = mail;
  await mail.stop();
  await ask(request, "patient@mail.example");
  await expect.poll(async () => (await sql<{ n: number }>("select attempts as n from account.mail_queue where letter is not null"))[0]?.n).toBe(1);
  const ended = new Promise((done) => running.process.once("exit", done));
  running.process.kill("SIGKILL");
  await ended;
  mail = await MailServer.start(port);
  running = await start(running.data, HERE, true, { STILE_SMTP_URL: `smtp://127.0.0.1:${port}`, STILE_MAIL_FROM: "Stile <stile@mail.example>" });
  await due();
  await arrives("patient@mail.example", 10_000);
});
