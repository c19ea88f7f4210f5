// Limits on password guesses (docs/SECURITY.md, I-16; ASVS 6.3.1, 6.3.8). They count per account from all addresses,
// and per address for all accounts. Other people are not affected. Neither an answer nor its time tells whether an
// address has an account. Simultaneous guesses count, also across servers, and all addresses of one host count as one.
// A person can always sign in from a device or an address where they have signed in before. The tests use servers of
// their own behind a trusted proxy, so that each try can come from another address.
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

test("an unknown address and a wrong password get the same answer in the same time", async () => {
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
    // Four people, five tries each, which is below the limit of an account.
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
  // Control: the measured times show whether a password was hashed.
  expect(Math.min(a, b) - none, "control: the measured times show the hashing").toBeGreaterThan(10);
  expect(Math.abs(a - b), "the time tells whether an address has an account").toBeLessThan((Math.min(a, b) - none) * 0.5);
});

test("after many failures an account is locked for all addresses; other accounts sign in", async ({ browser }) => {
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await sign(VICTIM, `guess ${i}`)).status);
  expect(statuses[0], "the first guess is not answered as a wrong password").toBe(401);
  expect(statuses.at(-1), `twelve guesses were not limited: ${statuses}`).toBe(429);
  const right = await sign(VICTIM, PASSWORD);
  expect(right.status, "the right password is accepted while the account is locked").toBe(429);
  expect(Number(right.headers["retry-after"]), "the wait in Retry-After is missing or too long").toBeLessThanOrEqual(60);
  expect(right.cookies, "a session cookie was set").toEqual([]);
  expect((await sign(VICTIM.toUpperCase(), PASSWORD)).status, "another spelling of the address counts as another account").toBe(429);

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
  await expect(page.getByRole("alert"), "the page does not explain the refusal").toHaveText(/^Too many attempts\. Try again in \d+ s\.$/);
  await expect(page.locator("[name=email]"), "the input was lost").toHaveValue(VICTIM);
  await submit(PEOPLE[0]);
  await expect(page, "another account is locked too").not.toHaveURL(/sign-in/);
  await context.close();
});

test("after many failures an address is locked for all accounts; other addresses sign in", async () => {
  const from = "10.9.9.9";
  const statuses: number[] = [];
  for (let i = 0; i < 22; i++) statuses.push((await sign(`someone${i}@smartai.example`, "guess", from)).status);
  expect(statuses.slice(0, 20).every((s) => s === 401), `fewer than twenty tries were allowed: ${statuses}`).toBe(true);
  expect(statuses.at(-1), `22 guesses from one address were not limited: ${statuses}`).toBe(429);
  expect((await sign("ben@globalai.example", PASSWORD, from)).status, "the locked address can sign in to another account").toBe(429);
  expect((await sign("ben@globalai.example", PASSWORD)).status, "another address is locked too").toBe(200);
});

test("successful sign-ins do not count as guesses", async () => {
  const from = freshAddress();
  for (let i = 0; i < 13; i++) expect((await sign("olu@smartai.example", PASSWORD, from)).status, `status of sign-in ${i + 1}`).toBe(200);
});

test("simultaneous guesses at two servers are limited like consecutive ones", async () => {
  const guess = (n: number) => sign("crowd@smartai.example", `guess ${n}`, freshAddress(), n % 2 ? base : SECOND);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)));
  expect(answers.filter((a) => a.status >= 500).map((a) => a.status), "guesses caused internal errors").toEqual([]);
  expect(letThrough(answers), "number of accepted simultaneous guesses for one account").toBeLessThanOrEqual(10);
  expect(letThrough(answers), "control: some guesses are accepted").toBeGreaterThan(0);
});

test("all addresses of one host's network count as one, in every notation", async () => {
  for (const address of [(n: number) => `2001:db8:77:1::${n.toString(16)}`, (n: number) => (n % 2 ? "10.66.6.6" : "::ffff:10.66.6.6")]) {
    const answers: Raw[] = [];
    for (let n = 1; n <= 26; n++) answers.push(await sign(`host${n}@smartai.example`, "guess", address(n), n % 2 ? base : SECOND));
    expect(letThrough(answers), `number of accepted guesses from ${address(1)} and its network`).toBeLessThanOrEqual(22);
    expect(answers.slice(0, 20).every((a) => a.status === 401), "control: the first twenty guesses are accepted").toBe(true);
    expect(answers.at(-1)?.status).toBe(429);
  }
});

test("strangers can't lock a person out of an address or device where they have signed in before", async () => {
  const [who, home] = ["vik@smartai.example", "10.77.0.1"];
  const before = await sign(who, PASSWORD, home);
  expect(before.status, "control: the first sign-in succeeds").toBe(200);
  const device = before.cookies.map((c) => c.split(";")[0]).find((c) => c.includes("stile-known-"));
  expect(device, "the device is not remembered").toBeTruthy();
  for (let n = 0; n < 14; n++) await sign(who, `guess ${n}`, freshAddress(), n % 2 ? base : SECOND);
  expect((await sign(who, PASSWORD)).status, "control: a sign-in from another address is refused").toBe(429);
  for (let n = 0; n < 3; n++) {
    expect((await sign(who, PASSWORD, home, n % 2 ? base : SECOND)).status, "strangers lock a person out of their own address").toBe(200);
    expect((await sign(who, PASSWORD, freshAddress(), base, device)).status, "strangers lock a person out of their own device").toBe(200);
  }
  const own: Raw[] = [];
  for (let n = 0; n < 14; n++) own.push(await sign(who, `guess ${n}`, freshAddress(), base, device));
  expect(letThrough(own), "a known device can guess without a limit").toBeLessThanOrEqual(10);
  expect((await sign("mia@smartai.example", "guess", freshAddress(), base, device?.replace(/=.*/, "=forged.forged"))).status, "a forged device cookie is accepted").not.toBe(200);
});
