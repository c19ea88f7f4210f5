// Access to workspaces: the answer for a workspace without a seat is the same as for a missing one. Only people who
// have, or had, a seat learn that a workspace was renamed or deleted (docs/SECURITY.md, I-7). Asking for a seat does
// not tell whether the workspace exists (I-16).
import { type APIRequestContext, type APIResponse } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { enter, load } from "../support/calls";
import { FINANCE, IT, customersOf, found, sql, stringsOf, workspaceOf } from "../support/facts";
import { PASSWORD, live, open } from "../support/people";
import { rowsAreThere, workspaceName } from "../support/switching";

/** An answer without the parts that differ between two answers to the same request. */
async function answer(request: APIRequestContext, path: string) {
  const response = await request.get(path, { maxRedirects: 0 });
  const { date, "x-request-id": _, ...headers } = response.headers();
  return { status: response.status(), headers, body: (await response.body()).toString("base64") };
}

async function expectAbsent(request: APIRequestContext, path: string, like: string): Promise<void> {
  const [one, other] = [await answer(request, path), await answer(request, like)];
  expect(one.status, path).toBe(404);
  expect(one.headers["stile-workspace"], `${path} names a workspace`).toBeUndefined();
  expect(one, `the answers for ${path} and ${like} differ`).toEqual(other);
}

const location = (response: APIResponse) => response.headers()["location"];
const get = (request: APIRequestContext, path: string) => request.get(path, { maxRedirects: 0 });

test("a workspace without a seat answers byte for byte like a missing one", async ({ as }) => {
  const { request } = (await as(VIK)).context();
  expect((await get(request, `/${IT}`)).status(), "control: Vik's own workspace opens").toBe(200);
  const random = "018f4d9e-0000-7000-8000-000000000000";
  const customer = (await customersOf(FINANCE))[0].id;
  for (const rest of ["", "/", "/overview", "/customers", "/customers?q=a&sort=created", "/customers/new", "/settings/members"]) {
    await expectAbsent(request, `/${FINANCE}${rest}`, `/no-such-workspace${rest}`);
  }
  await expectAbsent(request, `/${FINANCE}/customers/${customer}`, `/no-such-workspace/customers/${random}`);
  for (const path of ["/admin", "/No-Such", "/a", `/${FINANCE}/nonsense`, `/${FINANCE.toUpperCase()}`]) {
    await expectAbsent(request, path, "/no-such-workspace");
  }
  const body = Buffer.from((await answer(request, `/${FINANCE}`)).body, "base64").toString();
  expect(body).toContain('data-testid="not-found"');
  expect(body, "the page has no link to his own workspace").toContain(`/${IT}/overview`);
  for (const text of ["Finance", "GlobalAI", FINANCE]) expect(body, "the page names Finance").not.toContain(text);
});

test("the not-found page gives both reasons, offers to request access, and links to the person's own workspace", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${FINANCE}/customers`);
  await expect(page.getByTestId("not-found")).toContainText("It may not exist, or you may not have access.");
  await expect(page.getByTestId("not-found").getByText(/request access/i), "the page does not say how to get access").toBeVisible();
  await page.getByRole("link", { name: "Open IT" }).click();
  await expect(page).toHaveURL(`/${IT}/overview`);
  await expect(workspaceName(page)).toHaveText("IT");
});

for (const deep of [`/${IT}/customers?q=a%26b%20c&sort=created&dir=desc`, `/${IT}/invoices`]) {
  test(`a signed-out request for ${deep} leads to sign-in and then to exactly that address`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ baseURL });
    try {
      const first = await get(context.request, deep);
      expect([first.status(), location(first)]).toEqual([303, `/sign-in?next=${encodeURIComponent(deep).replaceAll("%20", "+")}`]);
      const page = await context.newPage();
      await page.goto(deep);
      expect(new URL(page.url()).pathname).toBe("/sign-in");
      expect(await found(page, await stringsOf(IT)), "the sign-in page contains data of IT").toEqual([]);
      await live(page);
      await page.fill("[name=email]", VIK);
      await page.fill("[name=password]", PASSWORD);
      await page.click("button[type=submit]");
      await page.waitForURL((url) => url.pathname !== "/sign-in");
      expect(page.url()).toBe(baseURL + deep);
      await expect(workspaceName(page)).toHaveText("IT");
    } finally {
      await context.close();
    }
  });
}

test("a signed-out request gets the same answer for an existing and a missing workspace", async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  for (const slug of [IT, FINANCE, "no-such-workspace"]) {
    const response = await get(request, `/${slug}/customers`);
    expect([response.status(), location(response), await response.text()], slug).toEqual([303, `/sign-in?next=%2F${slug}%2Fcustomers`, ""]);
  }
  await request.dispose();
});

test.describe("a renamed workspace", () => {
  const NEW = "smartai-renamed";

  test.afterEach(async () => {
    await sql("update account.workspaces set slug = $1 where slug = $2", [IT, NEW]);
    await sql("delete from account.slugs where slug = $1", [NEW]);
  });

  const rename = () => sql("update account.workspaces set slug = $2 where slug = $1", [IT, NEW]);

  test("redirects members with 301 and keeps path and query; answers strangers with 404", async ({ as }) => {
    const vik = (await as(VIK)).context().request;
    const mia = (await as(MIA)).context().request;
    await rename();
    for (const rest of ["", "/customers", "/customers?q=a%26b&sort=created&dir=desc", "/invoices/018f4d9e-0000-7000-8000-000000000000"]) {
      const response = await get(vik, `/${IT}${rest}`);
      expect([response.status(), location(response)], `redirect of /${IT}${rest}`).toEqual([301, `/${NEW}${rest}`]);
      await expectAbsent(mia, `/${IT}${rest}`, `/no-such-workspace${rest}`);
      await expectAbsent(mia, `/${NEW}${rest}`, `/no-such-workspace${rest}`);
    }
    expect((await get(vik, `/${NEW}/customers`)).status(), "control: the new address opens").toBe(200);
  });

  test("moves an open console to the new address", async ({ as }) => {
    const page = await as(VIK);
    await open(page, `/${IT}/overview`);
    await rename();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
    await expect(page).toHaveURL(`/${NEW}/invoices`);
    await expect(workspaceName(page)).toHaveText("IT");
    await rowsAreThere(page);
  });
});

test.describe("a deleted workspace", () => {
  const restore = () => sql("update account.workspaces set deleted_at = null where slug = $1", [IT]);
  const remove = () => sql("update account.workspaces set deleted_at = now() where slug = $1", [IT]);
  test.afterEach(restore);

  test("answers 410 to people who had a seat, and 404 to others", async ({ as }) => {
    const vik = (await as(VIK)).context().request;
    const mia = (await as(MIA)).context().request;
    await remove();
    const ofIt = await stringsOf(IT);
    for (const rest of ["", "/customers", `/customers/${(await customersOf(IT))[0].id}`]) {
      const response = await get(vik, `/${IT}${rest}`);
      const text = await response.text();
      expect([response.status(), text.includes('data-testid="gone"')], `expected the 410 page for /${IT}${rest}`).toEqual([410, true]);
      expect(ofIt.filter((s) => text.includes(s)), "the 410 page contains data of the workspace").toEqual([]);
      await expectAbsent(mia, `/${IT}${rest}`, `/no-such-workspace${rest}`);
    }
    await restore();
    expect((await get(vik, `/${IT}/customers`)).status(), "control: the workspace opens after it is restored").toBe(200);
  });

  test("disappears from an open console with all its data", async ({ as }) => {
    const page = await as(VIK);
    const ofIt = await stringsOf(IT);
    await open(page, `/${IT}/customers`);
    expect(await found(page, ofIt)).not.toEqual([]);
    await remove();
    await expect(page.getByTestId("gone"), "the tab does not learn of the deletion").toBeVisible();
    expect(await found(page, ofIt), "the tab still contains data of the deleted workspace").toEqual([]);
  });
});

test("a customer of Finance under the address of IT answers like an unknown id", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const [ours, theirs] = [(await customersOf(IT))[0], (await customersOf(FINANCE))[0]];
  expect((await get(request, `/${IT}/customers/${ours.id}`)).status(), "control: IT shows its own customer").toBe(200);
  expect((await get(request, `/${FINANCE}/customers/${theirs.id}`)).status(), "control: Finance shows its customer to Ada").toBe(200);
  const under = async (id: string) => {
    const response = await get(request, `/${IT}/customers/${id}`);
    const text = await response.text();
    expect([response.status(), response.headers()["stile-workspace"]]).toEqual([404, (await workspaceOf(IT)).id]);
    expect(text).toContain('data-testid="row-not-found"');
    expect(text, "the answer names the customer of Finance").not.toContain(theirs.name);
    const data = await load(request, `/${IT}/customers/${id}`, entry.grant);
    // Remove what always differs: the requested id, the nonce, and the time in the document's data.
    const boot = /<script [^>]*id="boot">(.*?)<\/script>/s.exec(text)?.[1].length ?? 0;
    expect(boot, "the document contains no data").toBeGreaterThan(100);
    const html = text.replaceAll(id, "ID").replaceAll(/nonce="[^"]*"/g, "").replace(/<script [^>]*id="boot">.*?<\/script>/s, "");
    return [html, boot, data.status(), await data.text()];
  };
  const { entry } = await enter(request, `/${IT}/customers`);
  const random = "018f4d9e-0000-7000-8000-000000000000";
  const normal = ([html, ...data]: (string | number)[]) => [String(html).replaceAll(/value="[\w-]+\.[\w-]+\.[\w-]+"/g, ""), ...data];
  expect(normal(await under(theirs.id)), "the answers for a foreign id and for a random id differ").toEqual(normal(await under(random)));
  expect((await enter(request, `/${IT}/customers/${ours.id}`)).data.customer.row.name).toBe(ours.name);
});

test.describe("an access request from the not-found page", () => {
  const BEN = "ben@globalai.example";
  const forget = () => sql("delete from account.access_requests");

  test.beforeEach(forget);
  test.afterEach(async () => {
    await forget();
    await sql("delete from account.workspace_members m using account.users u, account.workspaces w where u.id = m.user_id and w.id = m.workspace_id and u.email = $1 and w.slug = $2", [VIK, FINANCE]);
  });

  test("gets the same answer for an existing and a missing workspace, also when repeated", async ({ as, baseURL }) => {
    const { request } = (await as(VIK)).context();
    const ask = async (slug: string) => {
      const response = await request.post(`/${slug}/customers`, { form: { action: "request_access" }, headers: { origin: baseURL ?? "", "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
      const { date, "x-request-id": _, "content-security-policy": policy, ...headers } = response.headers();
      const nonce = /nonce-([\w-]+)/.exec(policy)?.[1] ?? "";
      return { status: response.status(), headers, body: (await response.text()).replaceAll(nonce, "NONCE") };
    };
    for (let time = 0; time < 2; time++) {
      const [real, none] = [await ask(FINANCE), await ask("no-such-workspace")];
      expect(real.status).toBe(200);
      expect(real, "the answer tells whether the workspace exists").toEqual(none);
      for (const text of ["Finance", "GlobalAI", FINANCE]) expect(real.body).not.toContain(text);
    }
    for (let number = 0; number < 8; number++) await ask(`nowhere-${number}`);
    const [real, none] = [await ask("globalai-other"), await ask("no-such-other")];
    expect([real.status, none.status], "requests beyond the daily limit of ten are not refused").toEqual([429, 429]);
  });

  test("is counted for an owner; approval opens the workspace at once, and a refusal is not reported", async ({ as }) => {
    const page = await as(VIK);
    await open(page, `/${FINANCE}/customers`);
    await page.getByTestId("request-access").click();
    await expect(page.getByTestId("asked")).toContainText("If there is a workspace at this address");
    const ben = await as(BEN);
    await open(ben, "/home");
    await expect(ben.getByTestId("waiting")).toHaveText("1 access request in Finance");
    await ben.getByTestId("waiting").click();
    const asking = ben.getByTestId("request");
    await expect(asking).toContainText(VIK);
    await asking.getByRole("button", { name: "Decline" }).click();
    await expect(asking).toHaveCount(0);
    await open(page, `/${FINANCE}/customers`);
    await expect(page.getByTestId("not-found"), "the not-found page changes after a refusal").toBeVisible();
    await forget();
    await page.getByTestId("request-access").click();
    await expect(page.getByTestId("asked")).toBeVisible();
    await open(ben, `/${FINANCE}/settings/members`);
    await asking.locator("[name=role]").selectOption("viewer");
    await asking.getByRole("button", { name: "Approve" }).click();
    await expect(asking).toHaveCount(0);
    await open(page, `/${FINANCE}/customers`);
    await expect(page.getByTestId("role")).toHaveText("Viewer");
    const mia = await as(MIA);
    await open(mia, "/home");
    await expect(mia.getByTestId("waiting"), "a person without a role there sees the request").toHaveCount(0);
  });
});
