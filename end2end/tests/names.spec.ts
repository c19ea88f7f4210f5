// Names: every form refuses, at the field, a name that is invisible, contains line breaks or changes the text
// direction. Names in every script are isolated from the text around them. Lists sort names as people expect. A
// proposed address keeps every letter and is available.
import { expect, type Page } from "@playwright/test";
import { ADA, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { IT, sql, workspaceOf } from "../support/facts";
import { forgetSeats, fresh, invite } from "../support/invites";
import { forget, value } from "../support/made";
import { mailTo } from "../support/mailbox";
import { forgetNewcomers, freshEmail, GOOD_PASSWORD, signUp, signUpLink } from "../support/newcomer";
import { contextOf, live, open } from "../support/people";
import { rowsAreThere } from "../support/switching";
import { BASE } from "../support/server";

const PREFIX = "Names ";
test.afterAll(async () => {
  await forget(PREFIX);
  await sql("delete from workspace.customers where name like '%שלום%'");
  await sql("update account.workspaces set name = 'IT' where slug = $1", [IT]);
  await sql("update account.users set name = 'Ada Moreau' where email = $1", [ADA]);
  await forgetNewcomers();
});

const UNSEEN = ["\u200b", "\u3164", "\u2800", "\u2060\u2060", "\u00a0\u3000", "\ufeff", "\u{e0041}", "\ufe0f", "\u115f"];
const TURNING = ["Acme \u202egnp.exe", "\u2066Acme", "Acme\u2069", "\u202bAcme", "\u202d1"];

/** The forms that take a name: the page, the other required fields, and the field. */
const FORMS: { path: string; field: string; button: string | RegExp; fill?: (page: Page) => Promise<void> }[] = [
  { path: `/${IT}/customers/new`, field: "name", button: "Create customer", fill: async (page) => {
    await page.fill("[name=email]", "a@names.example");
    await page.selectOption("[name=country]", "MT");
  } },
  { path: `/${IT}/products/new`, field: "name", button: "Create product", fill: async (page) => {
    await page.fill("[name=code]", "names-code");
  } },
  { path: `/${IT}/rate-plans/new`, field: "name", button: "Create rate plan", fill: async (page) => {
    await page.fill("[name=code]", "names-code");
    await page.selectOption("[name=currency]", "EUR");
  } },
  { path: `/${IT}/settings/general`, field: "name", button: "Save" },
  { path: "/account/profile", field: "name", button: /^Save/ },
  { path: "/account/tokens", field: "name", button: "Create token" },
  { path: "/new", field: "name", button: "Create workspace" },
];

for (const { path, field, button, fill } of FORMS) {
  test(`${path} refuses, at the field, a ${field} that is invisible or changes the text direction`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, path);
    await fill?.(page);
    const input = page.locator(`main [name=${field}]`).first();
    const send = async (text: string, reason: RegExp) => {
      await input.fill(text);
      await page.getByRole("button", { name: button }).first().click();
      await expect(input, JSON.stringify(text)).toHaveAttribute("aria-invalid", "true");
      await expect(input, JSON.stringify(text)).toHaveAccessibleDescription(reason);
    };
    for (const text of UNSEEN) await send(text, /visible|Enter /);
    for (const text of TURNING) await send(text, /direction of the text/);
    await expect(page, "the form was saved").toHaveURL(path);
  });
}

test("direct requests with line breaks or invisible characters in a name are refused", async ({ as, request }) => {
  const page = await as(ADA);
  const email = freshEmail("unseen");
  const token = (await signUpLink(request, email)).split("/").pop();
  const grant = await grantOf(page.request, IT);
  const posted = async (name: string) => {
    const form = { action: "save", grant, name, email: "a@names.example", country: "DE" };
    return (await page.request.post(`${BASE}/${IT}/customers/new`, { headers: { origin: BASE }, form, maxRedirects: 0 })).status();
  };
  const bad = ["two\nlines", "two\r\nlines", "line\u2028separator", "tab\tinside", ...UNSEEN, ...TURNING];
  for (const name of bad) {
    const signed = await call(request, "sign_up", { token, name, password: GOOD_PASSWORD });
    expect(signed.status(), JSON.stringify(name)).toBe(422);
    expect(await signed.text(), "the error does not name the field").toContain('"name"');
    expect(await posted(name), JSON.stringify(name)).toBe(422);
  }
  expect(await posted(`${PREFIX}control`), "control: a normal name is accepted").toBe(303);
  const control = await call(request, "sign_up", { token, name: "Zoë Ünseen", password: GOOD_PASSWORD });
  expect(control.status(), "control: a normal name is accepted").toBe(200);
});

test("invisible characters are removed from a name", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers/new`);
  await page.fill("[name=name]", `${PREFIX}Al\u200bder\u2060 & Fi\u00adnch\u3164`);
  await page.fill("[name=email]", "a@names.example");
  await page.selectOption("[name=country]", "KZ");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${PREFIX}Alder & Finch`);
  expect(await value("select count(*) from workspace.customers where name = $1", [`${PREFIX}Alder & Finch`])).toBe("1");
});

test("a right-to-left name is isolated in list, page, title, mail and message", async ({ as }) => {
  const { id } = await workspaceOf(IT);
  const hebrew = "שלום 5";
  const customer = await value("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, gen_random_uuid(), $2, 'rtl@names.example', 'IL') returning id", [id, hebrew]);
  const page = await as(ADA);
  await open(page, `/${IT}/customers?q=${encodeURIComponent(hebrew)}`);
  await rowsAreThere(page);
  /** Checks that the element with only the name isolates its text direction. */
  const isolates = async (where: string) => {
    const bidi = await page.getByText(hebrew, { exact: true }).first().evaluate((element) => getComputedStyle(element).unicodeBidi);
    expect(bidi, where).toMatch(/isolate|plaintext/);
  };
  await isolates("in the list");
  await open(page, `/${IT}/customers/${customer}`);
  await isolates("on its page");
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByTestId("toast")).toContainText(`\u2068${hebrew}\u2069 archived`);

  await sql("update account.workspaces set name = $1 where slug = $2", [hebrew, IT]);
  await open(page, `/${IT}/customers`);
  await expect(page).toHaveTitle(`Customers · \u2068${hebrew}\u2069 · Stile`);
  const invited = fresh("rtl");
  await invite(page, IT, invited, "viewer");
  const mail = await mailTo(invited);
  await forgetSeats(invited);
  expect(mail.subject).toContain(`\u2068${hebrew}\u2069`);
  expect(mail.text).toContain(`\u2068${hebrew}\u2069`);
  await sql("update account.workspaces set name = 'IT' where slug = $1", [IT]);
  await open(page, `/${IT}/customers`);
  await expect(page, "a Latin name gets additional characters").toHaveTitle("Customers · IT · Stile");
});

test("lists by name are sorted as people expect", async ({ as }) => {
  const { id } = await workspaceOf(IT);
  const names = ["Ähre", "ábaco", "9 Lives", "10 Downing", "Öl", "Zebra", "Oslo", "ölig", "Alder 9", "Alder 10"].map((name) => `${PREFIX}${name}`);
  for (const name of names) {
    await sql("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, gen_random_uuid(), $2, 'sorted@names.example', 'DE')", [id, name]);
  }
  const page = await as(ADA);
  await open(page, `/${IT}/customers?q=sorted%40names.example`);
  await rowsAreThere(page);
  const collator = new Intl.Collator("en", { numeric: true });
  expect(await page.getByTestId("row").locator(".row-link").allTextContents()).toEqual([...names].sort(collator.compare));
});

test("a proposed address keeps every letter, starts with the organization where needed, and is available", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: BASE });
  const page = await context.newPage();
  await signUp(context.request, freshEmail("proposals"), "Pia Proposal");
  await open(page, "/welcome");
  const slug = page.locator("[name=slug]");
  for (const [name, proposed] of [["Łódź Werk", "lodz-werk"], ["Škoda Plzeň", "skoda-plzen"], ["Zürich Nord", "zuerich-nord"], ["Đà Nẵng", "da-nang"]]) {
    for (const spelling of [name.normalize("NFC"), name.normalize("NFD")]) {
      await page.fill("[name=organization]", spelling);
      await expect(slug, spelling).toHaveValue(proposed);
    }
  }
  const organization = `Northwind${process.pid}`;
  await page.fill("[name=organization]", organization);
  for (const [name, proposed] of [["IT", `${organization.toLowerCase()}-it`], ["Admin", `${organization.toLowerCase()}-admin`], ["日本", organization.toLowerCase()]]) {
    await page.fill("[name=name]", name);
    await expect(slug, name).toHaveValue(proposed);
    await expect(page.locator("#slug-status"), name).toHaveText("Available");
  }
  // Taken by another workspace, so both names are used.
  await page.fill("[name=name]", "SmartAI IT");
  await expect(slug).toHaveValue(`${organization.toLowerCase()}-smartai-it`);
  await expect(page.locator("#slug-status")).toHaveText("Available");
  await context.close();

  // The same without JavaScript, where the field may stay empty.
  const unscripted = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false });
  const plain = await unscripted.newPage();
  await signUp(unscripted.request, freshEmail("proposals"), "Pia Plain");
  await plain.goto("/welcome");
  await plain.fill("[name=organization]", `${organization}x`);
  await plain.fill("[name=name]", "IT");
  await plain.getByRole("button", { name: "Create organization" }).click();
  await expect(plain).toHaveURL(`/${organization.toLowerCase()}x-it/overview`);
  await unscripted.close();
});

test("every country can be chosen, and no time zone is listed twice", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, `/${IT}/customers/new`);
  const countries = await page.locator("[name=country] option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value).filter(Boolean));
  expect(new Set(countries).size).toBe(249);
  await open(page, `/${IT}/settings/general`);
  const zones = await page.locator("[name=time_zone] option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  for (const [former, now] of [["Asia/Calcutta", "Asia/Kolkata"], ["Europe/Kiev", "Europe/Kyiv"], ["America/Buenos_Aires", "America/Argentina/Buenos_Aires"]]) {
    expect(zones).toContain(now);
    expect(zones, "a time zone is listed under two names").not.toContain(former);
  }
  await sql("update account.workspaces set time_zone = 'Asia/Calcutta' where slug = $1", [IT]);
  await open(page, `/${IT}/settings/general`);
  await live(page);
  await expect(page.locator("[name=time_zone]"), "a workspace with the former name of a zone shows another zone").toHaveValue("Asia/Kolkata");
  await sql("update account.workspaces set time_zone = 'UTC' where slug = $1", [IT]);
  await context.close();
});
