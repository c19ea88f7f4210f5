// Password reset: the link in the mail sets a new password once, ends every session and signs nobody in
// (docs/SECURITY.md, I-15). Neither the answer nor its time tells who has an account (I-16).
import { expect, test } from "@playwright/test";
import { discard } from "../support/cluster";
import { call } from "../support/calls";
import { sql } from "../support/facts";
import { value } from "../support/made";
import { linkIn, mailTo, mailsTo } from "../support/mailbox";
import { GOOD_PASSWORD, forgetNewcomers, freshEmail, nobodyLike, signInWith, signUp } from "../support/newcomer";
import { live, open } from "../support/people";
import { send } from "../support/raw";
import { BASE, PORT, start, stop } from "../support/server";

const NEW_PASSWORD = "eleven dry glass marbles";

test.afterAll(forgetNewcomers);

test("a reset by mail signs out all devices, invalidates the old password and accepts the new one", async ({ browser, page }) => {
  const email = freshEmail("forgot");
  const phone = await browser.newContext({ baseURL: BASE });
  await signUp(phone.request, email, "Fred Forgot");
  await open(page, "/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await live(page);
  const before = mailsTo(email).length;
  await page.fill("[name=email]", email);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("mail-sent")).toContainText("within an hour");
  const mail = await mailTo(email, before);
  expect(mail.subject).toBe("Reset your Stile password");
  const link = linkIn(mail, "/reset/");

  await open(page, link);
  await page.fill("[name=password]", "Fred Forgot 1");
  await page.keyboard.press("Enter");
  await expect(page.locator("[name=password]")).toHaveAccessibleDescription(/too similar to your name or email/);
  await page.getByRole("button", { name: "Show new password" }).click();
  await expect(page.locator("[name=password]"), "the typed password is not shown").toHaveAttribute("type", "text");
  await page.fill("[name=password]", NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sign-in/);
  await expect(page.getByRole("status").first()).toContainText("Your password was changed. All devices were signed out and all operator tokens revoked.");
  expect((await phone.request.get("/home", { maxRedirects: 0 })).status(), "another device is still signed in").toBe(303);
  expect((await mailTo(email, before + 1)).subject, "no mail reports the change").toBe("Your Stile password was changed");

  await live(page);
  await signInWith(page, email, GOOD_PASSWORD);
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await signInWith(page, email, NEW_PASSWORD);
  await expect(page).toHaveURL("/home");
  await page.context().clearCookies();
  await page.goto(link);
  await expect(page.getByTestId("dead-link"), "the link works twice").toContainText("was already used");
  await phone.close();
});

test("a reset works without JavaScript", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false });
  const page = await context.newPage();
  const email = freshEmail("plain");
  await signUp(context.request, email, "Paula Plain");
  await context.clearCookies();
  const before = mailsTo(email).length;
  await page.goto("/reset");
  await page.fill("[name=email]", email);
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByTestId("mail-sent")).toContainText(email);
  await page.goto(linkIn(await mailTo(email, before), "/reset/"));
  await page.fill("[name=password]", "short");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.locator("[name=password]")).toHaveAccessibleDescription(/at least 12 characters/i);
  await page.fill("[name=password]", NEW_PASSWORD);
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page).toHaveURL("/sign-in?notice=password-reset");
  await signInWith(page, email, NEW_PASSWORD);
  await expect(page).toHaveURL("/home");
  await context.close();
});

test("an address without an account gets the same answer, and a mail that explains it", async () => {
  const [known, unknown] = ["vik@smartai.example", nobodyLike("vik@smartai.example")];
  const before = mailsTo(known).length;
  const seen: string[] = [];
  for (const email of [known, unknown]) {
    const called = await send("POST", "/api/fn/ask_reset", { headers: { origin: BASE }, json: { email } });
    const posted = await send("POST", "/reset", { headers: { origin: BASE }, form: { email } });
    seen.push(JSON.stringify([called.status, called.body, posted.status, posted.body]).replaceAll(email, "(the address)").replace(/nonce=\\"[^"]*\\"/g, ""));
  }
  expect(seen[0], "the answer tells who has an account").toBe(seen[1]);
  expect((await mailTo(known, before)).subject).toBe("Reset your Stile password");
  const mail = await mailTo(unknown);
  expect(mail.subject).toBe("There is no Stile account with this email");
  expect(mail.text).not.toContain("/reset/");
});

test("reset mails to one address are limited", async ({ request }) => {
  const email = freshEmail("many");
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await call(request, "ask_reset", { email })).status());
  expect(statuses, "the fifth mail to one address is not refused").toEqual([200, 200, 200, 200, 429]);
  expect((await call(request, "ask_reset", { email: freshEmail("other") })).status(), "control: another address gets a mail").toBe(200);
});

test("the time of sign-up and reset requests does not tell who has an account", async () => {
  test.setTimeout(180_000);
  const here = PORT + 43;
  const base = `http://127.0.0.1:${here}`;
  const running = await start(undefined, here, true, { STILE_TRUSTED_PROXIES: "127.0.0.1" });
  try {
    process.env.STILE_E2E_DATA_BEFORE = process.env.STILE_E2E_DATA;
    process.env.STILE_E2E_DATA = running.data;
    const rounds = 110;
    await sql(
      `insert into account.users (id, email, name, password_hash, email_verified_at)
       select gen_random_uuid(), 'timed-' || n || '@known.example', 'Timed', 'no password opens this', now() from generate_series(1, ${rounds}) n`,
    );
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    for (const name of ["ask_sign_up", "ask_reset"]) {
      const times: Record<string, number[]> = { known: [], unknown: [] };
      for (let n = 1; n <= rounds; n++) {
        // Alternate the order of each pair, so that other load on the machine affects both alike.
        for (const kind of n % 2 ? ["known", "unknown"] : ["unknown", "known"]) {
          const headers = { origin: base, "x-forwarded-for": `10.${name.length}.${n}.${kind.length}` };
          const from = performance.now();
          const answer = await send("POST", `/api/fn/${name}`, { base, headers, json: { email: `timed-${n}@${kind}.example`, next: "" } });
          times[kind].push(performance.now() - from);
          expect(answer.status, answer.body).toBe(200);
        }
      }
      const [known, unknown] = [median(times.known.slice(10)), median(times.unknown.slice(10))];
      console.log(`    ${name}: median with an account ${known.toFixed(1)} ms, without ${unknown.toFixed(1)} ms`);
      expect(Math.abs(known - unknown), `the time of ${name} tells who has an account`).toBeLessThan(Math.max(2, 0.25 * Math.min(known, unknown)));
    }
  } finally {
    process.env.STILE_E2E_DATA = process.env.STILE_E2E_DATA_BEFORE;
    await stop(running);
    discard(running.data);
  }
});

test("the database keeps only hashes of links, and the audit log records a reset", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: BASE });
  const email = freshEmail("kept");
  await signUp(context.request, email, "Kim Kept");
  const before = mailsTo(email).length;
  expect((await call(context.request, "ask_reset", { email })).status()).toBe(200);
  const token = linkIn(await mailTo(email, before), "/reset/").split("/").pop() ?? "";
  await expect
    .poll(() => value("select count(*) from account.mail_queue where letter is not null"), "a letter waits although it was sent")
    .toBe("0");
  const kept = await sql<{ row: string }>("select l::text as row from account.mail_links l union all select q::text from account.mail_queue q union all select a::text from account.audit_log a");
  expect(kept.filter(({ row }) => row.includes(token)), "the link is stored in the database").toEqual([]);
  const done = await call(context.request, "reset_password", { token, password: NEW_PASSWORD });
  expect(done.status()).toBe(200);
  expect(done.headers()["set-cookie"], "a reset signs the person in").toBeUndefined();
  const noted = "select count(*) from account.audit_log a join account.users u on u.id = a.user_id where u.email = $1 and a.action = 'password_reset'";
  expect(await value(noted, [email])).toBe("1");
  await context.close();
});
