// Access requests: owners and admins of the workspace get a mail with a link to the page for the decision, and a count
// in their open tabs within a second. The count disappears when one of them decides. The person who asks learns nothing
// about the workspace.
import { type APIRequestContext, expect } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { FINANCE, IT, sql } from "../support/facts";
import { mailTo, mailsTo } from "../support/mailbox";
import { open } from "../support/people";
import { SECOND, Second } from "../support/second";
import { BASE } from "../support/server";
import { PASSWORD } from "../support/people";
import { afterwards, putBack, seat } from "../support/seating";

const BEN = "ben@globalai.example";
const forget = () => sql("delete from account.access_requests");

test.beforeEach(async () => {
  await forget();
  await sql("delete from account.caused_mails where kind = 'request'");
});
test.afterEach(async () => {
  await putBack();
  await forget();
});

const ask = (request: APIRequestContext, slug: string, at = BASE) =>
  request.post(`${at}/${slug}/customers`, { form: { action: "request_access" }, headers: { origin: at, "sec-fetch-site": "same-origin" }, maxRedirects: 0 });

test("owners and admins get one mail each with a link to the members page; nobody else gets one", async ({ as }) => {
  const mails = async (who: string) => mailsTo(who).filter((mail) => mail.subject.includes("requested access")).length;
  const before = { ben: mailsTo(BEN).length, mia: await mails(MIA) };
  await seat(ADA, FINANCE, "admin");
  const ada = mailsTo(ADA).length;
  const { request } = (await as(VIK)).context();
  expect((await ask(request, FINANCE)).status()).toBe(200);
  expect((await ask(request, "no-such-workspace")).status(), "control: a request for a missing workspace gets the same answer").toBe(200);
  const mail = await mailTo(BEN, before.ben);
  expect(mail.subject).toBe("Vik Sharma requested access to Finance");
  expect(mail.text).toContain(`/${FINANCE}/settings/members`);
  expect(mail.html).toContain(`/${FINANCE}/settings/members`);
  await mailTo(ADA, ada);
  await ask(request, FINANCE);
  const page = await as(BEN);
  await open(page, new URL(/https?:\/\/\S+\/settings\/members/.exec(mail.text)?.[0] ?? "").pathname);
  await expect(page.getByTestId("request")).toContainText(VIK);
  expect(mailsTo(BEN).length, "a repeated request sends a second mail").toBe(before.ben + 1);
  expect(await mails(MIA), "a person without a role there gets a mail").toBe(before.mia);
});

test("open tabs show the count within a second and hide it when another person decides", async ({ as }) => {
  await seat(ADA, FINANCE, "admin");
  const [ben, ada, mia] = [await as(BEN), await as(ADA), await as(MIA)];
  await open(ben, `/${FINANCE}/overview`);
  await open(ada, `/${IT}/overview`);
  await open(mia, "/home");
  const settings = (page: typeof ben) => page.getByRole("navigation", { name: "Main" }).getByTestId("waiting-count");
  await expect(settings(ben)).toHaveCount(0);
  const { request } = (await as(VIK)).context();
  await ask(request, FINANCE);
  await expect(settings(ben), "the count does not appear within a second").toContainText("1", { timeout: 1_000 });
  await ada.getByTestId("switcher").click();
  await expect(ada.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`).getByTestId("waiting-count")).toContainText("1");
  await expect(settings(ada), "IT shows a count, but it has no request").toHaveCount(0);
  await ada.keyboard.press("Escape");
  await open(ben, `/${FINANCE}/settings/members`);
  await expect(ben.getByRole("navigation", { name: "Settings" }).getByTestId("waiting-count")).toContainText("1 access request");
  await open(ada, `/${FINANCE}/settings/members`);
  await ada.getByTestId("request").getByRole("button", { name: "Decline" }).click();
  await expect(settings(ben), "the count stays after another person decided").toHaveCount(0, { timeout: 1_000 });
  await expect(ben.getByTestId("request"), "the page still shows the decided request").toHaveCount(0);
  await expect(mia.getByTestId("waiting-count")).toHaveCount(0);
});

test("a request at one server shows in a tab that is connected to another server", async ({ as, playwright }) => {
  const second = await Second.start();
  afterwards(() => second.stop());
  const ben = await as(BEN);
  await open(ben, `/${FINANCE}/overview`);
  const there = await playwright.request.newContext();
  await there.post(`${SECOND}/api/fn/sign_in`, { headers: { "content-type": "application/json", origin: SECOND }, data: { email: VIK, password: PASSWORD, next: "" } });
  expect((await ask(there, FINANCE, SECOND)).status()).toBe(200);
  await expect(ben.getByRole("navigation", { name: "Main" }).getByTestId("waiting-count")).toContainText("1", { timeout: 1_500 });
  await there.dispose();
});

test("requests for the former and the present address of a workspace count as two in the daily limit", async ({ as }) => {
  await sql("update account.workspaces set slug = 'globalai-moved' where slug = $1", [FINANCE]);
  afterwards(() => sql("update account.workspaces set slug = $1 where slug = 'globalai-moved'", [FINANCE]));
  const { request } = (await as(VIK)).context();
  const statuses: number[] = [];
  for (const slug of [FINANCE, "globalai-moved", ...Array.from({ length: 9 }, (_, n) => `nowhere-${n}`)]) statuses.push((await ask(request, slug)).status());
  expect(statuses, "expected ten accepted requests, then 429").toEqual([...Array<number>(10).fill(200), 429]);
});
