// Writing without JavaScript: a refused form comes back with its input and errors, and an accepted one leads to the
// result. Tokens are shown once.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { PASSWORD, contextOf } from "../support/people";
import { forget, forgetTokens, value } from "../support/made";
import { openPriced } from "../support/priced";
import { get } from "../support/raw";

const NAME = "Scriptless";
let context: BrowserContext;
let page: Page;

test.beforeEach(async ({ browser }) => {
  context = await contextOf(browser, "ada@smartai.example", { javaScriptEnabled: false });
  page = await context.newPage();
});

test.afterEach(async () => {
  await context.close();
  await forget(NAME);
  await forgetTokens(NAME);
});

test("a customer is created after errors that keep the input, edited, archived and restored", async () => {
  await page.goto("/smartai-it/customers");
  await page.getByRole("link", { name: "New customer" }).click();
  await expect(page).toHaveURL("/smartai-it/customers/new");
  const typed = { name: `${NAME} & Söhne <b>`, email: "not an address", note: "</textarea><i>no markup</i>" };
  await page.fill("[name=name]", typed.name);
  await page.fill("[name=email]", typed.email);
  await page.fill("[name=note]", typed.note);
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("alert"), "the form does not report the refusal").toContainText("Fix 2 fields to save.");
  await expect(page.locator("[name=email]")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("[name=email]")).toHaveAccessibleDescription(/Enter a valid email, like name@example\.com\./);
  await expect(page.locator("[name=country]")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("[name=name]"), "a correct field is marked as wrong").not.toHaveAttribute("aria-invalid");
  for (const [name, text] of Object.entries(typed)) await expect(page.locator(`[name=${name}]`), `${name} was lost`).toHaveValue(text);
  const made = () => value<string>("select count(*) from workspace.customers where starts_with(name, $1)", [NAME]);
  expect(await made(), "a refused form created a customer").toBe("0");

  await page.fill("[name=email]", "Accounts@Scriptless.example");
  await page.selectOption("[name=country]", "DE");
  await page.fill("[name=legal_name]", `${NAME} Söhne GmbH`);
  await page.fill("[name=address]", "Kastanienallee 7\n10435 Berlin");
  await page.fill("[name=external_id]", "scriptless-1");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page).toHaveURL(/\/smartai-it\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(typed.name);
  await expect(page.getByRole("definition").filter({ hasText: "accounts@scriptless.example" })).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: typed.note }), "the note differs from the input").toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: "10435 Berlin" })).toBeVisible();
  await expect(page.getByTestId("subjects"), "the external id is no subject").toContainText("scriptless-1");
  expect(await made()).toBe("1");

  const detail = page.url();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page.locator("[name=country]")).toHaveValue("DE");
  await expect(page.locator("[name=note]")).toHaveValue(typed.note);
  await page.fill("[name=name]", `${NAME} renamed`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(detail);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} renamed`);

  const status = page.locator(".page-head .status");
  await expect(status).toHaveText("Active");
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page).toHaveURL(detail);
  await expect(status, "the customer is not archived").toHaveText("Archived");
  expect(await value("select status from workspace.customers where name = $1", [`${NAME} renamed`])).toBe("archived");
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(status, "the customer is not restored").toHaveText("Active");
});

test("a note of several lines is kept and stored as typed", async () => {
  await page.goto("/smartai-it/customers/new");
  const note = "first line\n\nthird line";
  await page.fill("[name=name]", `${NAME} lines`);
  await page.fill("[name=note]", note);
  await page.fill("[name=email]", "a@lines.example");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.locator("[name=note]"), "the note was lost").toHaveValue(note);
  await expect.soft(page.locator("[name=note]"), "line breaks are refused").not.toHaveAttribute("aria-invalid");
  await page.selectOption("[name=country]", "DE");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page, "the customer was not created").toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  expect(await value("select note from workspace.customers where starts_with(name, $1)", [NAME])).toBe(note);
});

test("a product with a taken code keeps its input, and is created with another code", async () => {
  await page.goto("/smartai-it/products/new");
  const taken = await value("select code from workspace.products p join account.workspaces w on w.id = p.workspace_id where slug = 'smartai-it' order by code limit 1");
  await page.fill("[name=name]", `${NAME} product`);
  await page.fill("[name=code]", taken.toUpperCase());
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.locator("[name=code]")).toHaveAccessibleDescription(/Another product of this workspace has that code\./);
  await expect.soft(page.locator("[name=code]"), "the code was lost").toHaveValue(taken.toUpperCase());
  await expect(page.locator("[name=name]"), "the name was lost").toHaveValue(`${NAME} product`);
  await page.fill("[name=code]", "scriptless-1");
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page).toHaveURL(/\/products\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} product`);
});

test("a colour that does not exist is refused at its field, and the stored one stays chosen", async () => {
  await page.goto("/smartai-it/settings/branding");
  const colours = page.getByRole("radiogroup", { name: "Colour" });
  await expect(colours, "control: the field has no error at first").not.toHaveAttribute("aria-invalid");
  const stored = await page.locator("[name=hue]:checked").inputValue();
  await page.locator("[name=hue]").last().evaluate((radio: HTMLInputElement) => {
    radio.value = "99";
    radio.checked = true;
  });
  await page.getByRole("button", { name: "Save colour" }).click();
  await expect(colours, "the field is not marked as wrong").toHaveAttribute("aria-invalid", "true");
  await expect(colours, "the field has no message").toHaveAccessibleDescription("Choose one of the colours.");
  await expect(page.locator("[name=hue]:checked"), "another colour is chosen").toHaveValue(stored);
});

test("a form of one workspace that is posted to another writes nothing", async () => {
  await page.goto("/smartai-it/customers/new");
  const grant = await page.locator("form.form-page [name=grant]").inputValue();
  const form = { action: "save", name: `${NAME} stray`, email: "a@stray.example", country: "DE", note: "", grant };
  const stray = await context.request.post("/smartai-product-eng/customers/new", { form, headers: { origin: new URL(page.url()).origin }, maxRedirects: 0 });
  expect(stray.status(), "the answer is not a conflict").toBe(409);
  expect(await value("select count(*) from workspace.customers where starts_with(name, $1)", [NAME]), "the form was saved").toBe("0");
  const own = await context.request.post("/smartai-it/customers/new", { form, headers: { origin: new URL(page.url()).origin }, maxRedirects: 0 });
  expect(own.status(), "control: the form is accepted by its own workspace").toBe(303);
});

test("a token is created, shown once, opens the API, and is revoked", async () => {
  await page.goto("/account/tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.locator("[name=name]"), "a token without a name is accepted").toHaveAccessibleDescription(/^Enter a name\./);
  await page.fill("[name=name]", `${NAME} token`);
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByTestId("token").textContent();
  expect(token).toMatch(/^stile_[\w-]{40,}$/);
  const reach = () => get("/api/v1/me/workspaces", { authorization: `Bearer ${token}` });
  expect((await reach()).status, "the token does not open the API").toBe(200);
  const row = page.getByTestId("row").filter({ hasText: `${NAME} token` });
  await expect(row).toContainText(`…${token?.slice(-4)}`);
  await page.goto("/account/tokens");
  await expect(row).toHaveCount(1);
  expect(await page.content(), "the token is shown a second time").not.toContain(token);
  await page.getByRole("button", { name: `Revoke ${NAME} token` }).click();
  await expect(page).toHaveURL("/account/tokens");
  await expect(row, "the revoked token is still listed").toHaveCount(0);
  expect((await reach()).status, "the revoked token still opens the API").toBe(401);
});

test("seats change after an error that keeps the input, and the subscriptions of a version move", async ({ browser }) => {
  const { owner, slug, subscription, plan } = await openPriced(browser, "no-script-forms");
  const own = await contextOf(browser, owner, { javaScriptEnabled: false });
  const shop = await own.newPage();
  const phases = () => value<string>("select string_agg(version || ' ' || seats, ', ' order by from_on) from workspace.subscription_phases where subscription_id = $1", [subscription]);
  await shop.goto(`/${slug}/subscriptions/${subscription}`);
  await shop.getByRole("link", { name: "Change seats" }).click();
  await shop.fill("[name=seats]", "0");
  await shop.locator(".save-bar").getByRole("button", { name: "Change seats" }).click();
  await expect(shop.locator("[name=seats]"), "the error is not at its field").toHaveAttribute("aria-invalid", "true");
  await expect.soft(shop.locator("[name=from_on]"), "a correct field is marked as wrong").not.toHaveAttribute("aria-invalid");
  expect(await phases(), "a refused form changed the subscription").toBe("1 2");
  await shop.fill("[name=seats]", "5");
  await shop.fill("[name=from_on]", "2031-02-11");
  await shop.locator(".save-bar").getByRole("button", { name: "Change seats" }).click();
  await expect(shop).toHaveURL(`/${slug}/subscriptions/${subscription}`);
  expect(await phases()).toBe("1 2, 1 5");

  await shop.goto(`/${slug}/rate-plans/${plan}`);
  await shop.getByRole("link", { name: "Move subscriptions to version 2" }).click();
  await expect(shop.locator("[name=from]")).toContainText("v1: 1 subscription");
  await shop.getByRole("button", { name: "Move", exact: true }).click();
  await expect(shop).toHaveURL(`/${slug}/rate-plans/${plan}`);
  expect(await phases(), "not all later phases are on the new version").toBe("1 2, 2 2, 2 5");
  await own.close();
});
