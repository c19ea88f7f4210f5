// Invites: the invited person, another person, a person without an account, and each reason for a refusal
// (docs/SECURITY.md, I-12). Opening a link changes nothing.
import { type BrowserContext, type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { IT, PRODUCT_ENG, sql } from "../support/facts";
import { forgetSeats, fresh, invite, mailTo, mailedLink, register, stateOf } from "../support/invites";
import { PASSWORD, contextOf, open } from "../support/people";
import { BASE } from "../support/server";
import { workspaceName } from "../support/switching";

const NEW_PASSWORD = "seven quiet meadow gates";
let made: string[] = [];
const person = (name: string): string => {
  const address = fresh(name);
  made.push(address);
  return address;
};

test.afterEach(async () => {
  await forgetSeats(...made);
  made = [];
});

async function signedOut(browser: import("@playwright/test").Browser, use: (page: Page, context: BrowserContext) => Promise<void>, options = {}) {
  const context = await browser.newContext({ baseURL: BASE, ...options });
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

test("several addresses get a result each; the link is shown once and is in no list", async ({ as }) => {
  const page = await as(ADA);
  const [one, two] = [person("one"), person("two")];
  await invite(page, IT, `${one}, nonsense; ${VIK}\n${two}`, "viewer");
  const result = (address: string) => page.locator(`[data-testid=invite-result][data-address="${address}"]`);
  await expect(result(one)).toContainText("Invited.");
  await expect(result(two)).toContainText("Invited.");
  await expect(result("nonsense")).toContainText("Not a valid email");
  await expect(result(VIK)).toContainText("Already has access");
  const link = await result(one).getByTestId("invite-link").textContent();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/invite\/[\w-]{43}$/);
  await expect(page.locator(`[data-invite="${one}"]`), "the invite is not listed").toBeVisible();
  await page.reload();
  await expect(page.locator(`[data-invite="${one}"]`)).toBeVisible();
  expect(await page.content(), "the link is shown a second time").not.toContain(link);
  expect(await mailedLink(one), "the mailed link equals the copied one").not.toBe(new URL(link ?? "").pathname);
});

test("a person without an account signs up by the mailed link and enters the workspace", async ({ as, browser }) => {
  const admin = await as(ADA);
  const address = person("newcomer");
  await invite(admin, IT, address, "member");
  const path = await mailedLink(address);
  await signedOut(browser, async (page) => {
    for (let look = 0; look < 2; look++) {
      const response = await page.goto(path);
      expect(response?.status()).toBe(200);
      expect(response?.headers()["referrer-policy"]).toBe("no-referrer");
    }
    expect(await stateOf(address), "opening the link used it up").toBe("open");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Moreau invited you to IT");
    await expect(page.locator("[name=email]")).toHaveValue(address);
    await page.fill("[name=name]", "Nia Newcomer");
    await page.fill("[name=password]", "short");
    await page.getByRole("button", { name: "Sign up and join IT" }).click();
    await expect(page.locator("[name=password]")).toHaveAccessibleDescription(/at least 12 characters/);
    await expect(page.locator("[name=name]"), "the input was lost").toHaveValue("Nia Newcomer");
    await page.fill("[name=password]", NEW_PASSWORD);
    await page.getByRole("button", { name: "Sign up and join IT" }).click();
    await expect(page).toHaveURL(`/${IT}/overview`);
    await expect(workspaceName(page)).toHaveText("IT");
    await expect(page.getByTestId("role")).toHaveText("Member");
  });
  expect(await stateOf(address)).toBe("accepted");
});

test("the invited person joins with one button when signed in, and the switcher lists the workspace", async ({ as, browser }) => {
  const address = await register(person("right"), "Rio Right");
  await invite(await as(ADA), IT, address, "billing_admin");
  const path = await mailedLink(address);
  const context = await contextOf(browser, address);
  const page = await context.newPage();
  await open(page, path);
  await page.getByRole("button", { name: "Join IT" }).click();
  await expect(page).toHaveURL(`/${IT}/overview`);
  await expect(page.getByTestId("role")).toHaveText("Billing admin");
  await page.getByTestId("switcher").click();
  await expect(page.locator(`[data-testid=switcher-item][data-slug=${IT}]`)).toBeVisible();
  await context.close();
});

test("inviting and accepting work with the keyboard alone", async ({ as, browser }) => {
  const address = await register(person("keys"), "Kim Keys");
  const page = await as(ADA);
  await open(page, `/${IT}/settings/members`);
  // Presses Tab until the element with this name has the focus, at most forty times.
  const tabTo = async (at: Page, name: RegExp) => {
    for (let presses = 0; presses < 40; presses++) {
      await at.keyboard.press("Tab");
      const reached = await at.evaluate(() => {
        const focused = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
        return focused.getAttribute("aria-label") ?? focused.labels?.[0]?.textContent ?? focused.textContent ?? "";
      });
      if (name.test(reached.trim())) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await tabTo(page, /^Emails/);
  await page.keyboard.type(address);
  await tabTo(page, /^Invite$/);
  await page.keyboard.press("Enter");
  const path = await mailedLink(address);
  const context = await contextOf(browser, address);
  const theirs = await context.newPage();
  await open(theirs, path);
  await tabTo(theirs, /^Join IT$/);
  await theirs.keyboard.press("Enter");
  await expect(theirs).toHaveURL(`/${IT}/overview`);
  await context.close();
});

test("the invited person needs only the password when signed out", async ({ as, browser }) => {
  const address = await register(person("known"), "Kay Known");
  await invite(await as(ADA), IT, address, "viewer");
  const path = await mailedLink(address);
  await signedOut(browser, async (page) => {
    await page.goto(path);
    await expect(page.locator("[name=email]")).toHaveValue(address);
    await page.fill("[name=password]", "not the password");
    await page.getByRole("button", { name: "Sign in and join IT" }).click();
    await expect(page.getByRole("alert")).toContainText("don’t match");
    expect(await stateOf(address)).toBe("open");
    await page.fill("[name=password]", PASSWORD);
    await page.getByRole("button", { name: "Sign in and join IT" }).click();
    await expect(page).toHaveURL(`/${IT}/overview`);
  });
});

test("another person sees both addresses, can't use the invite, and can change the account", async ({ as, browser }) => {
  const address = await register(person("meant-by-an-address-of-quite-some-length"), "Mel Meant");
  await invite(await as(ADA), PRODUCT_ENG, address, "viewer");
  const path = await mailedLink(address);
  const page = await as(VIK);
  await open(page, path);
  await expect(page.getByTestId("invited")).toHaveText(address);
  await expect(page.getByTestId("signed-in")).toHaveText(VIK);
  const wide = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "a long address makes the page scroll horizontally").toBeLessThanOrEqual(390);
  if (wide) await page.setViewportSize(wide);
  await expect(page.getByRole("button", { name: /^Join/ })).toHaveCount(0);
  const forced = await page.context().request.post(path, { form: { action: "accept" }, headers: { origin: BASE, "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
  expect([forced.status(), await stateOf(address)], "another person accepted the invite").toEqual([303, "open"]);
  expect((await sql("select count(*) as n from account.audit_log where action = 'invite_refused' and detail ->> 'reason' = 'other_person'"))[0].n, "the refused invite is not in the audit log").not.toBe("0");
  const declined = await page.context().request.post(path, { form: { action: "decline" }, headers: { origin: BASE, "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
  expect([declined.status(), await stateOf(address)], "another person declined the invite").toEqual([303, "open"]);
  await page.getByRole("button", { name: `Sign out and continue as ${address}` }).click();
  await expect(page.locator("[name=email]")).toHaveValue(address);
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Sign in and join Product Eng" }).click();
  await expect(page).toHaveURL(`/${PRODUCT_ENG}/overview`);
});

test("an expired, revoked, used or altered invite link is rejected with the reason and gives no seat", async ({ as, browser }) => {
  const admin = await as(ADA);
  const address = await register(person("late"), "Lou Late");
  await invite(admin, IT, address, "viewer");
  const path = await mailedLink(address);
  const context = await contextOf(browser, address);
  const page = await context.newPage();
  const expectClosed = async (at: string, status: number, reason: RegExp) => {
    const response = await page.goto(at);
    expect(response?.status(), String(reason)).toBe(status);
    await expect(page.getByTestId("invite-reason")).toHaveText(reason);
    await context.request.post(at, { form: { action: "accept" }, headers: { origin: BASE, "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
    expect((await sql("select count(*) as n from account.workspace_members m join account.users u on u.id = m.user_id where u.email = $1", [address]))[0].n, String(reason)).toBe("0");
  };
  await expectClosed(path.slice(0, -1) + (path.endsWith("A") ? "B" : "A"), 404, /may be incomplete/);
  await expectClosed(path.slice(0, 30), 404, /may be incomplete/);
  await sql("update account.invites set expires_at = now() where email = $1", [address]);
  await expectClosed(path, 410, /expire after 7 days/);
  await open(admin, `/${IT}/settings/members`);
  await expect(admin.locator(`[data-invite="${address}"]`)).toContainText("Expired");
  await admin.getByRole("button", { name: `Resend the invite to ${address}` }).click();
  await expect(admin.locator(`[data-invite="${address}"]`)).toContainText("Sent");
  await expect.poll(() => mailedLink(address), "resending does not create a new link").not.toBe(path);
  const resent = await mailedLink(address);
  expect((await page.goto(path))?.status(), "the old link does not work after resending").toBe(200);
  await admin.getByRole("button", { name: `Revoke the invite to ${address}` }).click();
  await admin.getByRole("button", { name: `Revoke ${address}`, exact: true }).click();
  await expect(admin.locator(`[data-invite="${address}"]`)).toHaveCount(0);
  await expectClosed(path, 410, /was revoked/);
  await invite(admin, IT, address, "viewer");
  await expect.poll(async () => [path, resent].includes(await mailedLink(address)), "no mail with a third link arrived").toBe(false);
  const again = await mailedLink(address);
  await open(page, again);
  await page.getByRole("button", { name: "Join IT" }).click();
  await expect(page, "control: an open invite gives a seat").toHaveURL(`/${IT}/overview`);
  const used = await page.goto(again);
  expect(used?.status()).toBe(410);
  await expect(page.getByTestId("invite-reason")).toHaveText(/already used/);
  await context.close();
});

test("declining notifies the inviter and delays the next invite", async ({ as, browser }) => {
  const admin = await as(ADA);
  const address = person("nothanks");
  await invite(admin, IT, address, "viewer");
  const path = await mailedLink(address);
  await signedOut(browser, async (page) => {
    await page.goto(path);
    await page.getByRole("button", { name: "Decline" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The invite to IT was declined");
  });
  expect(await stateOf(address)).toBe("declined");
  expect(await mailTo(ADA, new RegExp(`${address} declined`))).toContain("IT");
  await invite(admin, IT, address, "viewer");
  await expect(admin.getByTestId("invite-result")).toContainText("Declined within the last day");
});

test("a link that was passed on by hand does not tell whether the address has an account", async ({ as, browser }) => {
  const [known, unknown] = [await register(person("handa"), "Hana"), person("handb")];
  const admin = await as(ADA);
  await invite(admin, IT, `${known} ${unknown}`, "viewer");
  const links = await admin.getByTestId("invite-link").allTextContents();
  await signedOut(browser, async (page) => {
    const texts: string[] = [];
    for (const [link, address] of [[links[0], known], [links[1], unknown]]) {
      const response = await page.goto(link);
      expect(response?.status()).toBe(200);
      texts.push((await page.locator("main").innerText()).replaceAll(address, "ADDRESS"));
      await expect(page.locator("[name=name]"), "the page offers an account for an unproven address").toHaveCount(0);
    }
    expect(texts[0]).toBe(texts[1]);
  });
});

test("inviting, results, resending and signing up work without JavaScript", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  const address = person("scriptless");
  await page.goto(`/${IT}/settings/members`);
  await page.fill("[name=emails]", `${address} nonsense`);
  await page.selectOption("#invite-role", "viewer");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(page.getByTestId("invite-result")).toHaveCount(2);
  await expect(page.getByTestId("invite-link")).toHaveCount(1);
  await page.getByRole("button", { name: `Resend the invite to ${address}` }).click();
  await expect(page.getByTestId("invite-result")).toContainText("Invited.");
  const path = await mailedLink(address);
  await context.close();
  await signedOut(
    browser,
    async (newcomer) => {
      await newcomer.goto(path);
      await newcomer.fill("[name=name]", "Sol Scriptless");
      await newcomer.fill("[name=password]", NEW_PASSWORD);
      await newcomer.getByRole("button", { name: "Sign up and join IT" }).click();
      await expect(newcomer).toHaveURL(`/${IT}/overview`);
    },
    { javaScriptEnabled: false },
  );
});
