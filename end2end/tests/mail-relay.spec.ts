// Invites can't be misused as an open mail relay: mails to one address are counted across all servers, new accounts
// send few, and a batch is sent completely or not at all. Chosen names are short and form no link in a mail.
import { type APIRequestContext, expect } from "@playwright/test";
import { test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { sql } from "../support/facts";
import { mailTo, mailsTo } from "../support/mailbox";
import { GOOD_PASSWORD, forgetNewcomers, freshEmail, signUp } from "../support/newcomer";
import { open } from "../support/people";
import { SECOND, Second } from "../support/second";

test.afterEach(forgetNewcomers);

/** Creates an account with an organization and a workspace. */
async function newcomer(request: APIRequestContext, called: string, organization: string, workspace: string): Promise<string> {
  const email = freshEmail("relay");
  await signUp(request, email, called);
  const slug = `relay-${email.split("@")[0].replace(/[^a-z0-9]/g, "")}`.slice(0, 30);
  expect((await call(request, "found_organization", { organization, name: workspace, slug })).status()).toBe(200);
  return slug;
}

const invite = async (request: APIRequestContext, slug: string, emails: string[]) =>
  call(request, "manage_members", { workspace: slug, grant: await grantOf(request, slug), action: { invite: { emails: emails.join("\n"), role: "viewer" } } });
const targets = (count: number) => Array.from({ length: count }, () => freshEmail("target"));
const sent = (answer: { results: { outcome: unknown }[] }) => answer.results.filter(({ outcome }) => typeof outcome === "object").length;

test("a new account can send twenty invites on its first day, sees the limit beforehand, and no batch is half done", async ({ page }) => {
  const { request } = page.context();
  const slug = await newcomer(request, "Rhea Relay", "Relay", "Relay One");
  await open(page, `/${slug}/settings/members`);
  await expect(page.locator("#emails-hint"), "the limit is not shown beforehand").toContainText("20 more today");
  const first = await invite(request, slug, targets(15));
  expect(sent(await first.json())).toBe(15);
  const rest = targets(10);
  const refused = await invite(request, slug, rest);
  expect(refused.status()).toBe(429);
  expect(Number(refused.headers()["retry-after"])).toBeGreaterThan(3_600);
  expect(Number((await sql("select count(*) as n from account.invites where email = any($1)", [rest]))[0].n), "some invites of the refused batch were created").toBe(0);
  expect(mailsTo(rest[0])).toHaveLength(0);
  await page.reload();
  await page.fill("#emails", rest.join("\n"));
  await expect(page.locator("#emails-error")).toContainText("5 too many");
  expect(sent(await (await invite(request, slug, rest.slice(0, 5))).json()), "control: the remaining invites are sent").toBe(5);
});

test("one address gets few mails from all accounts and both servers together", async ({ playwright, baseURL }) => {
  test.setTimeout(120_000);
  const second = await Second.start();
  const target = freshEmail("victim");
  const before = mailsTo(target).length;
  let total = 0;
  try {
    for (let number = 0; number < 12; number++) {
      const request = await playwright.request.newContext({ baseURL });
      const slug = await newcomer(request, "Rhea", `Relay ${number}`, "Relay");
      if (number % 2 === 0) {
        total += sent(await (await invite(request, slug, [target])).json());
      } else {
        const email = (await sql("select u.email from account.users u join account.organization_members m on m.user_id = u.id join account.workspaces w on w.organization_id = m.organization_id where w.slug = $1", [slug]))[0].email;
        const there = await playwright.request.newContext({ baseURL: SECOND });
        const headers = { "content-type": "application/json", origin: SECOND };
        expect((await there.post("/api/fn/sign_in", { headers, data: { email, password: GOOD_PASSWORD, next: "" } })).status()).toBe(200);
        const entered = await (await there.post("/api/fn/open_workspace", { headers, data: { to: slug, page: "overview" } })).json();
        const answer = await there.post("/api/fn/manage_members", { headers, data: { workspace: slug, grant: entered.entry.grant, action: { invite: { emails: target, role: "viewer" } } } });
        total += sent(await answer.json());
        await there.dispose();
      }
      await request.dispose();
    }
  } finally {
    await second.stop();
  }
  expect(total).toBe(10);
  expect(mailsTo(target).length - before).toBeLessThanOrEqual(10);
});

test("names in the mail of an invite are short and form no link, in subject, text and HTML", async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  const evil = "Win at https://evil.example/prize www.evil.com";
  const slug = await newcomer(request, evil, `${"Long ".repeat(10)}evil.org`, "pay.evil.net");
  const [target] = targets(1);
  expect(sent(await (await invite(request, slug, [target])).json())).toBe(1);
  const mail = await mailTo(target);
  const own = new URL(baseURL ?? "").host;
  for (const part of [mail.subject, mail.text, mail.html]) {
    const rest = part.replaceAll(new RegExp(`https?://${own}[^\\s"<]*`, "g"), "").replaceAll(target, "");
    expect(rest).not.toMatch(/https?:|www\.|:\/\//);
    expect(rest).not.toMatch(/evil\.[a-z]/);
  }
  expect(mail.subject.length, mail.subject).toBeLessThan(150);
  await request.dispose();
});
