// Signing up: address, link in the mail, name and password, organization and first workspace. Tested with the keyboard
// alone, without JavaScript, and with errors. An answer does not tell who has an account (docs/SECURITY.md, I-16).
// Links in mails use our own origin (I-19) and work once (I-25).
import { test, type Page } from "@playwright/test";
import { expect } from "../support/at-once";
import { register } from "../support/invites";
import { value } from "../support/made";
import { linkIn, mailTo, mailsTo } from "../support/mailbox";
import { GOOD_PASSWORD, forgetNewcomers, freshEmail, nobodyLike, signUp, signUpLink } from "../support/newcomer";
import { contextOf, live, open } from "../support/people";
import { send } from "../support/raw";
import { BASE } from "../support/server";

test.afterAll(forgetNewcomers);

const accounts = (email: string) => value<string>("select count(*) from account.users where email = $1", [email]);
const type = async (page: Page, text: string) => page.keyboard.type(text);
const tab = async (page: Page, name: string) => {
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus"), `Tab does not lead to ${name}`).toHaveAttribute("name", name);
};

test("a person can sign up and create a workspace with the keyboard alone", async ({ page }) => {
  const email = freshEmail("keys");
  await open(page, "/sign-in");
  await page.getByRole("link", { name: "Create an account" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("/sign-up");
  await live(page);
  await page.locator("[name=email]").focus();
  await type(page, ` ${email.toUpperCase()} `);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("mail-sent"), "the page does not tell what to do next").toContainText("Open it within 24 hours");
  const mail = await mailTo(email);
  expect(mail.subject).toBe("Create your Stile account");
  const link = linkIn(mail, "/sign-up/");
  expect(await accounts(email), "an account exists before the address is proven").toBe("0");

  await open(page, link);
  await expect(page.getByTestId("verified-email")).toHaveText(email);
  await page.locator("[name=name]").focus();
  await type(page, "Nia Newcomer");
  await tab(page, "password");
  await type(page, GOOD_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("/welcome");
  await live(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome, Nia");

  await page.locator("[name=organization]").focus();
  await type(page, "Löwe & Söhne");
  await expect(page.locator("[name=name]"), "the workspace's name does not follow the organization's").toHaveValue("Löwe & Söhne");
  await tab(page, "name");
  await tab(page, "slug");
  await expect(page.locator("[name=slug]"), "no address is proposed").toHaveValue("loewe-soehne");
  await expect(page.getByRole("status").filter({ hasText: "Available" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL("/loewe-soehne/overview");
  await expect(page.getByTestId("workspace-name")).toHaveText("Löwe & Söhne");
  const role = await value("select m.role from account.organization_members m join account.users u on u.id = m.user_id where u.email = $1", [email]);
  expect(role).toBe("owner");

  // Signing up also signs in.
  await page.goto("/home");
  await expect(page.getByTestId("picker-row")).toHaveCount(1);
});

test("without JavaScript, a person can sign up, and an error keeps the input", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false });
  const page = await context.newPage();
  const email = freshEmail("scriptless");
  await page.goto("/sign-up");
  await page.fill("[name=email]", "no address");
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.locator("[name=email]")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("[name=email]")).toHaveValue("no address");
  await page.fill("[name=email]", email);
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByTestId("mail-sent")).toContainText(email);

  await page.goto(linkIn(await mailTo(email), "/sign-up/"));
  await expect(page.getByRole("button", { name: "Show password" }), "a button that needs a script is shown").toBeHidden();
  await page.fill("[name=name]", "Nils <b>Noscript</b>");
  await page.fill("[name=password]", "password1234");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.locator("[name=password]")).toHaveAccessibleDescription(/too common/);
  await expect(page.locator("[name=name]"), "the name was lost").toHaveValue("Nils <b>Noscript</b>");
  await expect(page.locator("[name=password]"), "the page contains the password").toHaveValue("");
  await page.fill("[name=password]", GOOD_PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/welcome");

  await page.fill("[name=organization]", "Scriptless Ltd");
  await page.fill("[name=name]", "Main");
  await page.fill("[name=slug]", "smartai-it");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page.locator("[name=slug]"), "another workspace's address is accepted").toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("[name=organization]"), "the organization's name was lost").toHaveValue("Scriptless Ltd");
  await page.fill("[name=name]", `Scriptless ${process.pid}`);
  await page.fill("[name=slug]", "");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page, "no address was derived from the name").toHaveURL(`/scriptless-${process.pid}/overview`);
  const left = await value("select count(*) from account.organizations where name = 'Scriptless Ltd'");
  expect(left, "a refused form created an organization").toBe("1");
  await context.close();
});

test("an address with an account gets the same answer, and a mail that explains it", async ({ page }) => {
  // Use a new account, because each address gets few such mails, and other tests reset passwords.
  const known = await register(freshEmail("known"), "Known");
  const unknown = nobodyLike(known);
  const before = mailsTo(known).length;
  const seen: string[] = [];
  for (const email of [known, unknown]) {
    const headers = { origin: BASE };
    const called = await send("POST", "/api/fn/ask_sign_up", { headers, json: { email, next: "" } });
    const posted = await send("POST", "/sign-up", { headers, form: { email, next: "" } });
    const strip = (text: string) => text.replaceAll(email, "(the address)").replace(/nonce=\\"[^"]*\\"/g, "");
    seen.push(strip(JSON.stringify([called.status, called.body, posted.status, posted.body])));
  }
  expect(seen[0], "the answer tells who has an account").toBe(seen[1]);
  const mail = await mailTo(known, before);
  expect(mail.subject).toBe("You already have a Stile account");
  expect(mail.text, "a person with an account got a link to sign up").not.toContain("/sign-up/");
  expect((await mailTo(unknown)).text).toContain("/sign-up/");
  await open(page, "/sign-up");
  await page.fill("[name=email]", known);
  await page.click("button[type=submit]");
  await expect(page.getByTestId("mail-sent")).toContainText(known);
  expect(await accounts(known)).toBe("1");
});

test("opening the sign-up link does not use it up; a used, altered or expired link is rejected with the reason", async ({ page, request }) => {
  const email = freshEmail("links");
  const link = await signUpLink(request, email);
  for (const method of ["GET", "HEAD"]) expect((await send(method, link)).status, method).toBe(200);
  const altered = link.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  expect((await send("GET", altered)).status).toBe(410);
  await page.goto(altered);
  await expect(page.getByTestId("dead-link")).toContainText("incomplete or has expired");

  const token = link.split("/").pop();
  const sign = (password: string) => send("POST", "/api/fn/sign_up", { headers: { origin: BASE }, json: { token, name: "Lin", password } });
  expect((await sign("short")).status, "a short password is accepted").toBe(422);
  const all = await Promise.all(Array.from({ length: 10 }, () => sign(GOOD_PASSWORD)));
  expect(all.filter((a) => a.status === 200), "expected one of ten simultaneous requests to create the account").toHaveLength(1);
  expect(await accounts(email)).toBe("1");
  await page.goto(link);
  await expect(page.getByTestId("dead-link")).toContainText("was already used");
  expect((await sign(GOOD_PASSWORD)).status).toBe(410);

  const late = freshEmail("late");
  const expired = await signUpLink(request, late);
  await value("with late as (update account.mail_links set expires_at = now() where email = $1 returning 1) select count(*) from late", [late]);
  await page.goto(expired);
  await expect(page.getByTestId("dead-link")).toContainText("This link has expired.");
  await page.getByRole("link", { name: "Get a new link" }).click();
  await expect(page).toHaveURL("/sign-up");
});

test("links in mails use the server's own origin, whatever host a request names", async () => {
  const email = freshEmail("host");
  for (const headers of [{ "x-forwarded-host": "evil.example" }, { forwarded: "host=evil.example" }, { "x-forwarded-proto": "https" }]) {
    await send("POST", "/api/fn/ask_sign_up", { headers: { origin: BASE, ...headers } as Record<string, string>, json: { email, next: "//evil.example" } });
  }
  await mailTo(email, 2);
  for (const mail of mailsTo(email)) {
    const hosts = [...`${mail.text}${mail.html}`.matchAll(/https?:\/\/[^/\s"<]+/g)].map(([origin]) => origin);
    expect(new Set(hosts), "a mail contains a link to another origin").toEqual(new Set([BASE]));
  }
});

test("signing up leads to the address that was requested before", async ({ page }) => {
  const email = freshEmail("next");
  await open(page, "/account/preferences");
  await expect(page).toHaveURL("/sign-in?next=%2Faccount%2Fpreferences");
  await page.getByRole("link", { name: "Create an account" }).click();
  await live(page);
  await page.fill("[name=email]", email);
  await page.click("button[type=submit]");
  await page.getByTestId("mail-sent").waitFor();
  await open(page, linkIn(await mailTo(email), "/sign-up/"));
  await page.fill("[name=name]", "Nora Next");
  await page.fill("[name=password]", GOOD_PASSWORD);
  await page.click("button[type=submit]");
  await expect(page).toHaveURL("/account/preferences");
});

test("a taken address is reported at once with a free alternative; an address that was chosen by hand stays", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: BASE });
  const page = await context.newPage();
  await signUp(context.request, freshEmail("slugs"), "Sam Slug");
  await open(page, "/welcome");
  await page.fill("[name=organization]", "SmartAI IT");
  await expect(page.locator("[name=slug]"), "a taken address is proposed").toHaveValue("smartai-it-2");
  await expect(page.locator("#slug-status")).toHaveText("Available");
  await page.fill("[name=slug]", "admin");
  await expect(page.locator("#slug-status"), "a reserved word gets another message than a taken address").toContainText("That URL is taken. Try another.");
  await page.fill("[name=slug]", "Not A Slug");
  await expect(page.locator("#slug-status")).toContainText("only lowercase letters, numbers and hyphens");
  await page.fill("[name=slug]", "smartai-it");
  await page.getByRole("button", { name: "Use smartai-it-2" }).click();
  await expect(page.locator("[name=slug]")).toHaveValue("smartai-it-2");
  await expect(page.locator("#slug-status")).toHaveText("Available");
  await page.fill("[name=organization]", "Something else");
  await expect(page.locator("[name=slug]"), "a proposal replaced the chosen address").toHaveValue("smartai-it-2");
  await context.close();
});

test("the sign-up page redirects a person who is signed in", async ({ browser }) => {
  const context = await contextOf(browser, "ada@smartai.example");
  const page = await context.newPage();
  await page.goto("/sign-up");
  await expect(page).not.toHaveURL(/sign-up/);
  await context.close();
});
