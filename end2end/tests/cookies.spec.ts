// Cookies of the host: other cookies, and other servers on other ports of the same host, sign nobody out. This holds
// for pages, server functions and the live socket. Sign-in says so if the browser blocks cookies.
import { request as http, type IncomingMessage } from "node:http";
import { type Page, chromium, expect, test } from "@playwright/test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "../support/facts";
import { PASSWORD, contextOf, open } from "../support/people";
import { get, send, sessionOf } from "../support/raw";
import { SECOND, SECOND_PORT, Second } from "../support/second";
import { BASE, PORT, cookieAt } from "../support/server";

const ADA = "ada@smartai.example";
const VIK = "vik@smartai.example";
const BLOCKED = "Your browser blocks the cookie that keeps you signed in. Allow cookies for this site, then sign in again.";

/** Sends a request whose Cookie headers are exactly these bytes. `said` is the first word of the first message of a WebSocket. */
function bare(method: string, path: string, cookies: Buffer[], headers: Record<string, string> = {}, body = ""): Promise<{ status: number; location: string; said: string }> {
  const lines = cookies.flatMap((cookie) => ["Cookie", cookie.toString("latin1")]);
  const others = Object.entries({ Host: `127.0.0.1:${PORT}`, ...headers }).flat();
  return new Promise((answered, failed) => {
    const sent = http({ port: PORT, host: "127.0.0.1", method, path, headers: [...others, ...lines] as never }, (answer: IncomingMessage) => {
      answer.resume();
      answer.on("end", () => answered({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "", said: "" }));
    });
    sent.on("upgrade", (answer, socket, head) => {
      let bytes = head;
      const read = () => {
        // An unmasked text frame: type, length, text.
        if (bytes.length < 2 || bytes.length < 2 + bytes[1]) return;
        socket.destroy();
        answered({ status: answer.statusCode ?? 0, location: "", said: bytes.subarray(2, 2 + bytes[1]).toString().split(" ")[0] });
      };
      socket.on("data", (more) => ((bytes = Buffer.concat([bytes, more])), read()));
      socket.on("error", failed);
      // An empty text frame with a mask: the tab shows no workspace. The server answers with the state.
      socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
      read();
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

const NEIGHBOURS: [string, Buffer][] = [
  ["UTF-8", Buffer.from("n=ü")],
  ["Latin-1", Buffer.from([0x6e, 0x3d, 0xfc])],
  ["no name", Buffer.from("=x")],
  ["no value", Buffer.from("n=")],
  ["no equals sign", Buffer.from("n")],
  ["nothing", Buffer.from("")],
  ["quotes", Buffer.from('n="a b')],
  ["bytes for a name", Buffer.from([0xff, 0xfe, 0x3d, 0x31])],
  ["a session that is none", Buffer.from(`${cookieAt()}=short`)],
];

/** Returns the statuses of a page and a server function, and the first word that the live socket sends. */
async function opens(cookies: Buffer[]): Promise<[number, number, string]> {
  const page = await bare("GET", "/home", cookies);
  const json = { Origin: BASE, "Content-Type": "application/json" };
  const call = await bare("POST", "/api/fn/load_picker", cookies, json, '{"past_cache":false}');
  const websocket = { Origin: BASE, Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
  const socket = await bare("GET", "/api/live", cookies, websocket);
  return [page.status, call.status, socket.said];
}

test("an unreadable cookie before or after ours signs nobody out", async () => {
  const ours = Buffer.from(await sessionOf(ADA));
  expect(await opens([ours]), "control: the session alone opens all three").toEqual([200, 200, "clock"]);
  for (const [what, neighbour] of NEIGHBOURS) {
    const semicolon = Buffer.from("; ");
    expect(await opens([Buffer.concat([neighbour, semicolon, ours])]), `${what} before our cookie`).toEqual([200, 200, "clock"]);
    expect(await opens([Buffer.concat([ours, semicolon, neighbour])]), `${what} after our cookie`).toEqual([200, 200, "clock"]);
    expect(await opens([neighbour, ours]), `${what} in a separate header before our cookie`).toEqual([200, 200, "clock"]);
    expect(await opens([ours, neighbour]), `${what} in a separate header after our cookie`).toEqual([200, 200, "clock"]);
  }
  const none = await opens([Buffer.from("n=ü")]);
  expect(none, "a request without a session opens something").toEqual([303, 401, "signed_out"]);
});

test("the one valid session counts among several; two valid sessions of different people are both ignored", async () => {
  const [ada, vik] = [Buffer.from(await sessionOf(ADA)), Buffer.from(await sessionOf(VIK))];
  const dead = Buffer.from(`${cookieAt()}=${"A".repeat(43)}`);
  const both = (one: Buffer, other: Buffer) => [Buffer.concat([one, Buffer.from("; "), other])];
  for (const cookies of [both(dead, ada), both(ada, dead), both(ada, ada)]) {
    expect((await bare("GET", "/home", cookies)).status).toBe(200);
  }
  expect((await bare("GET", "/home", both(ada, vik))).status, "a planted cookie decides which account is used").toBe(303);
});

test("a cookie with the name of the previous version is accepted once and replaced", async () => {
  const now = await sessionOf(ADA);
  const secret = now.split("=")[1];
  const answer = await get("/home", { cookie: `stile=${secret}` });
  expect(answer.status, "the new version signs a person out").toBe(200);
  const set = answer.cookies.map((cookie) => cookie.split(";")[0]);
  expect(set).toContain(now);
  expect(set).toContain("stile=");
  expect(answer.cookies.find((cookie) => cookie.startsWith("stile="))).toContain("Max-Age=0");
  const foreign = await get("/home", { cookie: `stile=${"A".repeat(43)}` });
  expect(foreign.cookies, "the cookie of another server with the previous version is deleted").toEqual([]);
});

test("two servers on two ports of one host keep separate sessions and themes", async ({ browser }) => {
  const second = await Second.start();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const enter = async (base: string, who: string) => {
      await page.goto(`${base}/sign-in?next=%2Fhome`);
      await page.fill("[name=email]", who);
      await page.fill("[name=password]", PASSWORD);
      await page.click("button[type=submit]");
      await page.waitForURL(`${base}/home`);
    };
    await enter(BASE, ADA);
    await enter(SECOND, VIK);
    for (const [base, who] of [[BASE, ADA], [SECOND, VIK], [BASE, ADA]]) {
      await page.goto(`${base}/account/profile`);
      await expect(page.getByTestId("address"), `signing in at the other server signed out of ${base}`).toHaveText(who);
    }
    const names = (await context.cookies()).map((cookie) => cookie.name);
    expect(names).toEqual(expect.arrayContaining([cookieAt(PORT), cookieAt(SECOND_PORT)]));
    const chosen = await context.request.post(`${BASE}/api/fn/save_preferences`, {
      headers: { "content-type": "application/json", origin: BASE },
      data: { landing: "last", order: "organization", theme: "dark", accents: "colour" },
    });
    expect(chosen.status()).toBe(200);
    await page.goto(`${BASE}/home`);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.goto(`${SECOND}/home`);
    await expect(page.locator("html"), "the theme of one server applies to the other").not.toHaveAttribute("data-theme", "dark");
    const out = await page.request.post(`${SECOND}/sign-out`, { headers: { origin: SECOND }, form: { action: "sign-out" }, maxRedirects: 0 });
    expect(out.status()).toBe(303);
    // The open page learns of the sign-out and leaves by itself.
    await expect(page).toHaveURL((url) => url.href.startsWith(`${SECOND}/sign-in`));
    await page.goto(`${BASE}/home`);
    await expect(page, "signing out of one server signs out of the other").toHaveURL(`${BASE}/home`);
  } finally {
    await context.close();
    await second.stop();
    await sql("update account.preferences set theme = null where user_id = (select id from account.users where email = $1)", [ADA]);
  }
});

/** Starts a browser whose settings block all cookies. */
async function blockingCookies(javaScriptEnabled: boolean, work: (page: Page) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "stile-no-cookies-"));
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  const context = await chromium.launchPersistentContext(profile, { ...test.info().project.use.launchOptions, baseURL: BASE, javaScriptEnabled });
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

for (const javaScriptEnabled of [true, false]) {
  test(`sign-in says that the browser blocks cookies, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    await blockingCookies(javaScriptEnabled, async (page) => {
      await page.goto("/sign-in?next=%2Fsmartai-it%2Fcustomers");
      await expect(page.getByText(BLOCKED), "the message appears before a cookie is blocked").toHaveCount(0);
      if (javaScriptEnabled) await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
      await page.fill("[name=email]", ADA);
      await page.fill("[name=password]", PASSWORD);
      await page.click("button[type=submit]");
      await expect(page.getByText(BLOCKED)).toBeVisible();
      expect(await page.context().cookies(), "the browser of this test stores cookies").toEqual([]);
    });
    // Control: with cookies allowed, the same steps sign in without the message.
    const allowed = await browser.newContext({ baseURL: BASE, javaScriptEnabled });
    const inside = await allowed.newPage();
    await inside.goto("/sign-in?next=%2Fsmartai-it%2Fcustomers");
    if (javaScriptEnabled) await inside.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
    await inside.fill("[name=email]", ADA);
    await inside.fill("[name=password]", PASSWORD);
    await inside.click("button[type=submit]");
    await expect(inside).toHaveURL("/smartai-it/customers");
    await allowed.close();
  });
}

test("signing out clears the browser's data of this origin; other pages don't", async ({ browser }) => {
  const session = await sessionOf(ADA);
  const out = await send("POST", "/sign-out", { headers: { cookie: session, origin: BASE }, form: { action: "sign-out" } });
  expect(out.headers["clear-site-data"]).toBe('"cache", "storage"');
  expect((await get("/home", { cookie: await sessionOf(ADA) })).headers["clear-site-data"], "another page sends Clear-Site-Data").toBeUndefined();
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/home");
  await page.evaluate(() => localStorage.setItem("stile.uses.test", "x"));
  await page.getByTestId("profile-menu").first().click();
  await page.getByTestId("sign-out").first().click();
  await expect(page).toHaveURL(/\/sign-in\?notice=signed-out/);
  expect(await page.evaluate(() => localStorage.getItem("stile.uses.test"))).toBeNull();
  await context.close();
});
