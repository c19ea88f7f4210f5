// Guessing is slowed down, for one account from everywhere and from one address for all accounts; whoever is not
// meant goes on. Nobody learns from an answer, or from its time, whether an address has an account (ASVS 6.3.1, 6.3.8).
// Guesses at the same time count, at all servers together, and all addresses of one host count as one. Strangers keep
// nobody out of their account at a device or an address from which they have signed in before.
// Servers of its own, behind a proxy that they trust, so that each try can come from an address of its own.
import { expect, test } from "@playwright/test";
import { discard } from "../support/cluster";
import { PASSWORD, live } from "../support/people";
import { send, type Raw } from "../support/raw";
import { Second, SECOND } from "../support/second";
import { PORT, type Running, start, stop } from "../support/server";

const HERE = PORT + 41;
const base = `http://127.0.0.1:${HERE}`;
const PEOPLE = ["ada@smartai.example", "olu@smartai.example", "ben@globalai.example", "vik@smartai.example"];
const VICTIM = "mia@smartai.example";
let running: Running;
let second: Second;
let addresses = 0;

const freshAddress = () => `10.1.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
const sign = (email: string, password: string, from = freshAddress(), at = base, cookie = ""): Promise<Raw> =>
  send("POST", "/api/fn/sign_in", { base: at, headers: { origin: at, "x-forwarded-for": from, cookie }, json: { email, password, next: "" } });
const letThrough = (answers: Raw[]) => answers.filter((a) => a.status !== 429).length;

test.beforeAll(async () => {
  process.env.STILE_TRUSTED_PROXIES = "127.0.0.1";
  running = await start(undefined, HERE);
  const first = process.env.STILE_E2E_DATA;
  process.env.STILE_E2E_DATA = running.data;
  second = await Second.start();
  process.env.STILE_E2E_DATA = first;
  delete process.env.STILE_TRUSTED_PROXIES;
});

test.afterAll(async () => {
  await second?.stop();
  if (!running) return;
  await stop(running);
  discard(running.data);
});

const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

test("unknown addresses and wrong passwords get the same answer in the same time", async () => {
  const timed = async (email: string) => {
    const from = performance.now();
    const answer = await sign(email, "not the password");
    const { date: _, "x-request-id": __, ...headers } = answer.headers;
    return { took: performance.now() - from, seen: JSON.stringify({ ...answer, headers }) };
  };
  await timed("warm@smartai.example");
  const [known, unknown, malformed]: number[][] = [[], [], []];
  const answers = new Set<string>();
  for (let i = 0; i < 20; i++) {
    // Four people, five times each: fewer than slow an account down.
    for (const [times, email] of [[known, PEOPLE[i % 4]], [unknown, `nobody${i}@smartai.example`]] as const) {
      const { took, seen } = await timed(email);
      times.push(took);
      answers.add(seen);
    }
    malformed.push((await timed("no address")).took);
  }
  expect([...answers], "the answers differ").toHaveLength(1);
  expect(JSON.parse([...answers][0]).status).toBe(401);
  const [a, b, none] = [known, unknown, malformed].map(median);
  console.log(`    medians: wrong password ${a.toFixed(1)} ms, unknown address ${b.toFixed(1)} ms, not hashed ${none.toFixed(1)} ms`);
  // The control: had one of the two not been hashed, the clock would have shown it.
  expect(Math.min(a, b) - none, "the clock can't see a hash, so this proves nothing").toBeGreaterThan(10);
  expect(Math.abs(a - b), "the time tells who has an account").toBeLessThan((Math.min(a, b) - none) * 0.5);
});

test("after many failures an account waits, from every address; others sign in", async ({ browser }) => {
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await sign(VICTIM, `guess ${i}`)).status);
  expect(statuses[0], "the first guess is not simply wrong").toBe(401);
  expect(statuses.at(-1), `twelve guesses, and no limit: ${statuses}`).toBe(429);
  const right = await sign(VICTIM, PASSWORD);
  expect(right.status, "the right password gets through while the account is guessed at").toBe(429);
  expect(Number(right.headers["retry-after"]), "it does not say how long to wait, or too long").toBeLessThanOrEqual(60);
  expect(right.cookies, "a session was handed out").toEqual([]);
  expect((await sign(VICTIM.toUpperCase(), PASSWORD)).status, "another spelling is another account").toBe(429);

  const context = await browser.newContext({ baseURL: base, extraHTTPHeaders: { "x-forwarded-for": freshAddress() } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await live(page);
  const submit = async (email: string) => {
    await page.fill("[name=email]", email);
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[type=submit]");
  };
  await submit(VICTIM);
  await expect(page.getByRole("alert"), "the page does not say why").toHaveText(/^Too many attempts\. Try again in \d+ s\.$/);
  await expect(page.locator("[name=email]"), "what was typed is lost").toHaveValue(VICTIM);
  await submit(PEOPLE[0]);
  await expect(page, "another account was slowed down, too").not.toHaveURL(/sign-in/);
  await context.close();
});

test("after many failures an address waits, whichever account it tries; other addresses sign in", async () => {
  const from = "10.9.9.9";
  const statuses: number[] = [];
  for (let i = 0; i < 22; i++) statuses.push((await sign(`someone${i}@smartai.example`, "guess", from)).status);
  expect(statuses.slice(0, 20).every((s) => s === 401), `fewer than twenty tries were allowed: ${statuses}`).toBe(true);
  expect(statuses.at(-1), `22 guesses from one address, and no limit: ${statuses}`).toBe(429);
  expect((await sign("ben@globalai.example", PASSWORD, from)).status, "the address goes on with another account").toBe(429);
  expect((await sign("ben@globalai.example", PASSWORD)).status, "another address was slowed down, too").toBe(200);
});

test("signing in rightly, however often, slows nobody down", async () => {
  const from = freshAddress();
  for (let i = 0; i < 13; i++) expect((await sign("olu@smartai.example", PASSWORD, from)).status, `sign-in ${i + 1}`).toBe(200);
});

test("guesses at the same time, at two servers, are let through no more often than one after another", async () => {
  const guess = (n: number) => sign("crowd@smartai.example", `guess ${n}`, freshAddress(), n % 2 ? base : SECOND);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)));
  expect(answers.filter((a) => a.status >= 500).map((a) => a.status), "guesses were answered by a fault").toEqual([]);
  expect(letThrough(answers), "guesses at one account, at once").toBeLessThanOrEqual(10);
  expect(letThrough(answers), "control: a few are looked at").toBeGreaterThan(0);
});

test("all addresses of one network of a host count as one, however they are written", async () => {
  for (const address of [(n: number) => `2001:db8:77:1::${n.toString(16)}`, (n: number) => (n % 2 ? "10.66.6.6" : "::ffff:10.66.6.6")]) {
    const answers: Raw[] = [];
    for (let n = 1; n <= 26; n++) answers.push(await sign(`host${n}@smartai.example`, "guess", address(n), n % 2 ? base : SECOND));
    expect(letThrough(answers), `guesses from ${address(1)} and its like`).toBeLessThanOrEqual(22);
    expect(answers.slice(0, 20).every((a) => a.status === 401), "control: the first twenty are looked at").toBe(true);
    expect(answers.at(-1)?.status).toBe(429);
  }
});

test("strangers keep nobody out where they have signed in before, be it the address or the device", async () => {
  const [who, home] = ["vik@smartai.example", "10.77.0.1"];
  const before = await sign(who, PASSWORD, home);
  expect(before.status, "control").toBe(200);
  const device = before.cookies.map((c) => c.split(";")[0]).find((c) => c.includes("stile-known-"));
  expect(device, "the device is not remembered").toBeTruthy();
  for (let n = 0; n < 14; n++) await sign(who, `guess ${n}`, freshAddress(), n % 2 ? base : SECOND);
  expect((await sign(who, PASSWORD)).status, "control: from elsewhere one waits").toBe(429);
  for (let n = 0; n < 3; n++) {
    expect((await sign(who, PASSWORD, home, n % 2 ? base : SECOND)).status, "strangers keep a person out at their own address").toBe(200);
    expect((await sign(who, PASSWORD, freshAddress(), base, device)).status, "strangers keep a person out at their own device").toBe(200);
  }
  const own: Raw[] = [];
  for (let n = 0; n < 14; n++) own.push(await sign(who, `guess ${n}`, freshAddress(), base, device));
  expect(letThrough(own), "a known device guesses without a limit").toBeLessThanOrEqual(10);
  expect((await sign("mia@smartai.example", "guess", freshAddress(), base, device?.replace(/=.*/, "=forged.forged"))).status, "a forged device").not.toBe(200);
});
