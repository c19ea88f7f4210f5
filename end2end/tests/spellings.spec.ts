// Unicode spellings: every search finds a text in all its spellings. A password that is typed on another system is the
// same password. A domain with special letters and its encoded form are the same domain.
import { expect, type Page } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { IT, sql, workspaceOf } from "../support/facts";
import { mailTo } from "../support/mailbox";
import { forget, forgetTokens, value } from "../support/made";
import { forgetNewcomers, freshEmail, signInWith, signUp, signUpLink } from "../support/newcomer";
import { live, open, PASSWORD } from "../support/people";
import { get, send } from "../support/raw";
import { rowsAreThere } from "../support/switching";
import { BASE } from "../support/server";

const PREFIX = "Spellings";
const COMPOSED = `${PREFIX} Müller & Łódź`.normalize("NFC");
const APART = COMPOSED.normalize("NFD");
/** The name of another customer in the other normalization form. */
const OTHER = `${PREFIX} Zoë`.normalize("NFD");

test.beforeAll(async () => {
  const { id } = await workspaceOf(IT);
  const { id: product } = await workspaceOf("smartai-product-eng");
  // The first one is stored decomposed, as rows from before the normalization.
  for (const [place, name] of [[id, APART], [id, OTHER], [product, COMPOSED]]) {
    await sql("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, gen_random_uuid(), $2, 'spelled@names.example', 'DE')", [place, name]);
  }
});
test.afterAll(async () => {
  await forget(PREFIX);
  await forgetTokens(PREFIX);
  await sql("update account.workspaces set name = 'Product Eng' where slug = 'smartai-product-eng'");
  await forgetNewcomers();
});

const shown = (page: Page) => page.getByTestId("row").locator(".row-link").allTextContents();
const spellings = [COMPOSED, APART, COMPOSED.toUpperCase(), "spellings muller & lodz"];

test("a list search finds every spelling, with and without JavaScript and in the API", async ({ as, browser }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  for (const typed of spellings) {
    await page.getByRole("searchbox").fill(typed);
    await expect.poll(() => shown(page), { message: `${JSON.stringify(typed)} does not find exactly the customer` }).toEqual([APART]);
    await page.getByRole("searchbox").fill("");
    await expect.poll(() => shown(page).then((rows) => rows.length)).toBeGreaterThan(1);
  }
  await page.getByRole("searchbox").fill(`${PREFIX} Zoe`);
  await expect.poll(() => shown(page)).toEqual([OTHER]);

  await open(page, "/account/tokens");
  await page.fill("[name=name]", PREFIX);
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  const authorization = `Bearer ${await page.getByTestId("token").textContent()}`;
  const unscripted = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await unscripted.newPage();
  for (const typed of spellings) {
    await plain.goto(`/${IT}/customers?q=${encodeURIComponent(typed)}`);
    expect(await shown(plain), JSON.stringify(typed)).toEqual([APART]);
    const answer = await get(`/api/v1/workspaces/${IT}/customers?q=${encodeURIComponent(typed)}`, { authorization });
    expect(JSON.parse(answer.body).items.map((customer: { name: string }) => customer.name), JSON.stringify(typed)).toEqual([APART]);
  }
  await unscripted.close();
});

for (const [stored, typed] of [["Büro Łódź", "Büro Łódź"], ["Café", "cafe"]] as const) {
  for (const [form, other] of [["NFC", "NFD"], ["NFD", "NFC"]] as const) {
    test(`palette and picker find ${stored} in ${form} by ${typed} in ${other} and mark whole letters`, async ({ as }) => {
      const name = stored.normalize(form);
      await sql("update account.workspaces set name = $1 where slug = 'smartai-product-eng'", [name]);
      const page = await as(ADA);
      await open(page, "/home?refresh=1");
      const marked = async (marks: string[]) => {
        // Each mark starts with a letter, so no accent is separated from its letter.
        for (const text of marks) expect(text, "an accent is marked without its letter").not.toMatch(/^\p{M}/u);
        const plain = (text: string) => text.normalize("NFD").replace(/\p{M}| /gu, "").toLowerCase();
        expect(plain(marks.join("")), "the marked letters are not the matching ones").toBe(plain(typed));
      };
      await page.locator("#picker-search").fill(typed.normalize(other));
      const row = page.getByTestId("picker-row");
      await expect(row).toHaveCount(1);
      await expect(row).toHaveAttribute("data-slug", "smartai-product-eng");
      await marked(await row.locator("mark").allTextContents());
      expect((await row.locator(".name").first().textContent())?.normalize("NFC")).toContain(stored.normalize("NFC"));

      await open(page, `/${IT}/customers`);
      await page.keyboard.press("Control+k");
      await page.getByTestId("palette-input").fill(typed.normalize(other));
      const item = page.getByTestId("palette-item").first();
      await expect(item).toHaveAttribute("data-slug", "smartai-product-eng");
      await marked(await item.locator("mark").allTextContents());
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL("/smartai-product-eng/customers");
    });
  }
}

test("a password in another Unicode form signs in, and one with other letters does not", async ({ page, request }) => {
  const email = freshEmail("spelled");
  const composed = "Füße über Łódź und Zürich".normalize("NFC");
  await signUp(request, email, "Zoë Spelled", composed.normalize("NFD"));
  const hash = () => value("select password_hash from account.users where email = $1", [email]);
  const first = await hash();
  for (const typed of [composed, composed.normalize("NFD"), composed.replaceAll(" ", "\u00a0")]) {
    await page.context().clearCookies();
    await open(page, "/sign-in");
    await signInWith(page, email, typed);
    await expect(page, JSON.stringify(typed)).not.toHaveURL(/sign-in/);
  }
  expect(await hash(), "the password hash was replaced").toBe(first);
  await page.context().clearCookies();
  await open(page, "/sign-in");
  await signInWith(page, email, "Fusse uber Lodz und Zurich");
  await expect(page.locator(".banner, .error").first(), "another password signs in").toBeVisible();
});

test("an address with special letters in its domain is one account in both forms, and mail goes to the encoded form", async ({ page, request }) => {
  const local = freshEmail("idn").split("@")[0];
  const coded = `${local}@xn--bcher-kva.new.example`;
  await signUpLink(request, coded).catch(() => undefined);
  const asked = await send("POST", "/api/fn/ask_sign_up", { headers: { origin: BASE }, json: { email: `${local}@Bücher.new.example`, next: "" } });
  expect(asked.status, asked.body).toBe(200);
  const mail = await mailTo(coded, 1);
  expect(mail.to).toContain(coded);
  const links = await value("select count(*) from account.mail_links where email = $1", [coded]);
  expect(Number(links), "the encoded address was not stored").toBeGreaterThan(0);
  expect(await value("select count(*) from account.mail_links where email like '%ü%'")).toBe("0");
  await open(page, "/sign-up");
  await page.fill("[name=email]", `${local}@bu\u0308cher.new.example`);
  await page.click("button[type=submit]");
  await expect(page.getByTestId("mail-sent")).toBeVisible();
  await sql("delete from account.mail_links where email = $1", [coded]);
});

test("a search finds nothing of another workspace in any spelling", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/customers?q=${encodeURIComponent(COMPOSED)}`);
  await live(page);
  await expect.poll(() => shown(page), { message: "control: the viewer finds the customer of IT" }).toEqual([APART]);
  expect((await shown(page)).some((name) => name === COMPOSED), "the search finds a customer of the other workspace").toBe(false);
});
