// Spellings of an address: a person with access is redirected from other spellings to the canonical one with path and
// query. Others get the answer for a missing workspace (docs/SECURITY.md, I-7). Sign-in leads back to the requested
// address.
import { expect, test } from "@playwright/test";
import { ADA, VIK } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { forgetTokens } from "../support/made";
import { contextOf, live, open, PASSWORD } from "../support/people";
import { get, problem, sessionOf } from "../support/raw";

const TOKEN = "Respelled";
test.afterAll(() => forgetTokens(TOKEN));

const SPELLINGS = [
  ["/SmartAI-IT/customers", `/${IT}/customers`],
  ["/smartai%2Dit/customers", `/${IT}/customers`],
  ["/SMARTAI%2dIT/%63ustomers", `/${IT}/customers`],
  [`/${IT}/Customers`, `/${IT}/customers`],
  [`/${IT}/customers/`, `/${IT}/customers`],
  ["/Smartai-It", `/${IT}/overview`],
  ["/SmartAI-IT/Settings/members", `/${IT}/settings/members`],
  ["/SmartAI-IT/customers/new", `/${IT}/customers/new`],
];

test("a person with a seat is redirected permanently to the canonical address", async ({ browser }) => {
  const cookie = await sessionOf(ADA);
  for (const [path, one] of SPELLINGS) {
    const answer = await get(`${path}?q=%C3%A4+b&sort=created`, { cookie });
    expect([answer.status, answer.headers.location], path).toEqual([301, `${one}?q=%C3%A4+b&sort=created`]);
    expect((await get(one, { cookie })).status, `${one} does not open`).toBe(200);
  }
  expect((await get("/SmartAI-IT/nope", { cookie })).status, "a missing page is not answered with 404").toBe(404);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/SmartAI-IT/customers?q=a");
  await expect(page).toHaveURL(`/${IT}/customers?q=a`);
  await context.close();
});

test("without a seat, another person's workspace and a missing one get the same answer in every spelling", async () => {
  const cookie = await sessionOf(VIK);
  const nobodys = "nobodys-workspace".slice(0, FINANCE.length);
  const capitals = (slug: string) => slug.toUpperCase();
  const coded = (slug: string) => slug.replace(/-/, "%2D");
  for (const spelled of [capitals, coded]) {
    const answers = [];
    for (const slug of [FINANCE, nobodys]) {
      const answer = await get(`/${spelled(slug)}/customers`, { cookie });
      expect(answer.status).toBe(404);
      expect(answer.headers.location).toBeUndefined();
      answers.push(answer.body.replaceAll(/nonce="[^"]*"/g, ""));
    }
    expect(answers[0], "the answer tells that the workspace exists").toBe(answers[1]);
  }
  expect((await get(`/${FINANCE.toUpperCase()}/customers`, { cookie: await sessionOf(ADA) })).status, "control: a person with a seat is redirected").toBe(301);
});

test("sign-in leads to the requested address", async ({ page }) => {
  for (const [path, one] of SPELLINGS.slice(0, 3)) {
    await page.context().clearCookies();
    await open(page, `${path}?q=a`);
    await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(`${path}?q=a`)}`);
    await page.fill("[name=email]", ADA);
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[type=submit]");
    await expect(page, path).toHaveURL(`${one}?q=a`);
    await live(page);
  }
});

test("the API redirects to the canonical address only for a token with a seat", async ({ browser }) => {
  const tokens: string[] = [];
  for (const who of [ADA, VIK]) {
    const context = await contextOf(browser, who);
    const page = await context.newPage();
    await open(page, "/account/tokens");
    await page.fill("[name=name]", TOKEN);
    await page.fill("[name=password]", PASSWORD);
    await page.getByRole("button", { name: "Create token" }).click();
    tokens.push((await page.getByTestId("token").textContent()) ?? "");
    await context.close();
  }
  const [ada, vik] = tokens.map((token) => ({ authorization: `Bearer ${token}` }));
  const path = (slug: string) => `/api/v1/workspaces/${slug}/customers?q=a`;
  const answer = await get(path("GlobalAI-Finance"), ada);
  expect([answer.status, answer.headers.location]).toEqual([308, path(FINANCE)]);
  expect((await get(path(FINANCE), ada)).status).toBe(200);
  const [foreign, absent] = [await get(path("GlobalAI-Finance"), vik), await get(path("Nobodys-Workspace"), vik)];
  expect([foreign.status, problem(foreign)]).toEqual([absent.status, problem(absent)]);
  expect(foreign.status).toBe(404);
});
