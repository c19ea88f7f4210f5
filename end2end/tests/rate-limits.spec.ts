// Rate limits: actions that use storage permanently, or tell which names are taken, are limited per person or per
// address. Other people are not affected.
import { expect, test } from "@playwright/test";
import { discard } from "../support/cluster";
import { Client, type Answer } from "../support/load";
import { sessionOf } from "../support/raw";
import { database, PORT, type Running, start, stop } from "../support/server";

const HERE = PORT + 45;
const base = `http://localhost:${HERE}`;
let running: Running;
let client: Client;
let cookies: { olu: string; ben: string };
let organization: string;

test.beforeAll(async () => {
  running = await start(undefined, HERE, true, { STILE_PUBLIC_URL: base, STILE_TRUSTED_PROXIES: "127.0.0.1,::1" });
  client = new Client(base, 4);
  cookies = { olu: await sessionOf("olu@smartai.example", base), ben: await sessionOf("ben@globalai.example", base) };
  const db = await database(running.data);
  organization = (await db.query("select id from account.organizations where name = 'SmartAI'")).rows[0].id;
  await db.end();
});

test.afterAll(async () => {
  if (!running) return;
  client.close();
  await stop(running);
  discard(running.data);
});

async function often(times: number, ask: (n: number) => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push((await ask(n)).status);
  return statuses;
}

test("address look-ups are limited per person, whichever way they are sent", async () => {
  const check = (cookie: string) => (n: number) => client.call("check_slug", cookie, { slug: `is-it-free-${n}`, workspace: n % 2 ? null : "smartai-it" });
  const statuses = await often(90, check(cookies.olu));
  expect(statuses.slice(0, 50).every((s) => s === 200), `control: some look-ups are answered: ${statuses}`).toBe(true);
  expect(statuses, "90 look-ups were answered").toContain(429);
  expect((await client.call("check_slug", cookies.ben, { slug: "is-it-free", workspace: null })).status, "another person is limited too").toBe(200);
});

test("creating workspaces is limited per person", async () => {
  const create = (n: number) => client.call("create_workspace", cookies.olu, { input: { organization, name: `Made ${n}`, slug: `made-often-${n}` } });
  const statuses = await often(45, create);
  expect(statuses.slice(0, 30).every((s) => s === 200), `control: some workspaces are created: ${statuses}`).toBe(true);
  expect(statuses.at(-1), "45 workspaces were created at once").toBe(429);
});

test("starting a passkey sign-in is limited per address, and so are the rows it stores", async () => {
  const begin = (from: string) => client.ask({ method: "POST", path: "/api/fn/begin_passkey_sign_in", json: {}, headers: { "x-forwarded-for": from } });
  const statuses = await often(60, (n) => begin(`2001:db8:9:9::${n.toString(16)}`));
  expect(statuses[0], "control: one sign-in is started").toBe(200);
  expect(statuses.at(-1), "60 sign-ins were started from one network").toBe(429);
  expect((await begin("10.0.0.9")).status, "another network is limited too").toBe(200);
  const db = await database(running.data);
  const rows = (await db.query("select count(*)::int as n from account.challenges")).rows[0].n;
  await db.end();
  expect(rows, "number of stored rows").toBeLessThanOrEqual(statuses.filter((s) => s === 200).length + 1);
});
