// Invariant: whatever order answers arrive in, a tab shows the workspace of its address and nothing of another one:
// not while a switch is under way, not from an answer that comes late (docs/SECURITY.md, I-8, I-10).
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf, found, sql, stringsOf, workspaceOf } from "../support/facts";
import { Gate, settled } from "../support/network";
import { open } from "../support/people";
import { bySwitcher, expectFinance, rowsAreThere, workspaceName } from "../support/switching";
import { complaints } from "../support/watch";

const ENTERING = ["open_workspace", "enter_workspace", "stage_workspace"];
let page: Page;

test.beforeEach(async ({ as }) => {
  page = await as(ADA);
});

test("while a switch is under way: the new name and a skeleton, and no row of the old workspace", async () => {
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await expect(page.getByTestId("switching"), "nothing is being switched yet").toHaveCount(0);
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();

  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expect(workspaceName(page), "the name is the new one before the answer is there").toHaveText("Finance");
  await expect(page.getByTestId("role")).toHaveText("Billing admin");
  await expect(page.locator("tbody[aria-hidden=true] > tr").first(), "a skeleton stands in for the rows").toBeVisible();
  expect(await page.locator("tbody").innerText().then((text) => text.trim()), "a blank row says something").toBe("");
  await expect(page.getByTestId("switching")).toHaveText("Switching to Finance…");
  await expect(page.getByTestId("row"), "a row of the old workspace is still visible").toHaveCount(0);
  expect(await found(page, ofIt), "something of IT is in the tab while Finance is awaited").toEqual([]);

  await entering.release();
  await expectFinance(page);
  await rowsAreThere(page);
  await expect(page.getByTestId("switching")).toHaveCount(0);
  expect(await found(page, ofIt), "something of IT is in the tab after the switch").toEqual([]);
});

test("while a switch is under way the tab's title names the new workspace", async () => {
  await open(page, `/${IT}/customers`);
  await expect(page).toHaveTitle("Customers · IT · Stile");
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();
  await expect(page.getByTestId("switching")).toBeVisible();
  await expect(page, "the tab's title still names the old workspace").toHaveTitle("Customers · Finance · Stile");
  await entering.release();
  await expect(page).toHaveTitle("Customers · Finance · Stile");
});

test("while a switch is under way, pointing at another workspace does not lose the one that is awaited", async () => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();
  await page.getByTestId("switcher").click();
  await page.locator(`[data-testid=switcher-item][data-slug=${IT}]`).first()
    .evaluate((row) => void row.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "mouse" })));
  await page.keyboard.press("Escape");
  await entering.release();
  await expectFinance(page);
  await rowsAreThere(page);
});

test("whoever goes to the picker while a workspace is awaited is there, and the answer finds nobody", async () => {
  const found = complaints(page);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("switch-workspace").click();
  await expect(page).toHaveURL("/home");
  await entering.release();
  await gate.lift();
  await page.locator(`[data-testid=picker-row][data-slug=${IT}]`).getByTestId("picker-open").click();
  await expect(workspaceName(page)).toHaveText("IT");
  await rowsAreThere(page);
  expect(found, "an answer that nobody waits for broke something").toEqual([]);
});

test("a search that was about to be asked for does not lead back from the next workspace", async () => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await page.locator("input[name=q]").focus();
  // In one turn: typed, and the link to Finance followed, before the pause after the last key is over.
  await page.getByTestId("switcher").click();
  await page.evaluate((slug) => {
    const search = document.querySelector<HTMLInputElement>("input[name=q]");
    if (search) search.value = "kestrel";
    search?.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${slug}]`)?.click();
  }, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
});

for (const order of ["in order", "in the wrong order"] as const) {
  test(`IT, Finance and IT again, answers arriving ${order}: IT with IT's data only`, async () => {
    const [ofIt, ofFinance] = [await stringsOf(IT), await stringsOf(FINANCE)];
    await open(page, `/${IT}/customers`);
    const gate = await Gate.on(page, ...ENTERING);
    await bySwitcher(page, FINANCE);
    const toFinance = await gate.next();
    await bySwitcher(page, IT);
    const backToIt = await gate.next();
    expect([toFinance.asked.to, backToIt.asked.to]).toEqual([FINANCE, IT]);
    expect(ofFinance.some((s) => toFinance.answer.includes(s)), "the late answer holds Finance's data").toBe(true);

    for (const call of order === "in order" ? [toFinance, backToIt] : [backToIt, toFinance]) {
      await call.release();
      expect(await found(page, ofFinance), `Finance's answer was shown in IT, ${order}`).toEqual([]);
      await expect(workspaceName(page)).toHaveText("IT");
    }
    await rowsAreThere(page);
    await expect(page).toHaveURL(`/${IT}/customers`);
    await expect(page.getByTestId("role")).toHaveText("Owner");
    expect(await found(page, ofIt), "IT's data are there").not.toEqual([]);
    // The grant must be IT's, too: the next page is asked for with it.
    await page.getByRole("link", { name: "Products" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Products");
    await rowsAreThere(page);
    expect(await found(page, ofFinance), "Finance's answer was shown in IT").toEqual([]);
  });
}

test("an answer to a page of the old workspace that comes after the switch is dropped", async () => {
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  const gate = await Gate.on(page, "load_page");
  await page.locator("input[name=q]").fill("kestrel");
  const late = await gate.next();
  expect(late.asked.workspace).toBe(IT);
  expect(late.answer, "the late answer holds IT's data").toContain("Kestrel Aerostructures");
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);

  await late.release();
  await expect(page, "IT's late answer changed the address").toHaveURL(`/${FINANCE}/customers`);
  expect(await found(page, ofIt), "IT's late answer was shown in Finance").toEqual([]);
  await gate.lift();
  await page.getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(page);
  expect(await found(page, ofIt), "IT's late answer was shown on Finance's next page").toEqual([]);
  await expectFinance(page);
});

test("control: the same late answer is shown when there was no switch", async () => {
  await open(page, `/${IT}/customers`);
  const gate = await Gate.on(page, "load_page");
  await page.locator("input[name=q]").fill("kestrel");
  const late = await gate.next();
  await settled(page);
  await expect(page.getByTestId("row"), "the rows on screen stay until the answer is there").not.toHaveCount(1);
  await late.release();
  await expect(page.getByTestId("row")).toHaveCount(1);
  await expect(page.getByTestId("row")).toContainText("Kestrel Aerostructures");
});

test("what is typed into a search just before the switch is not asked of the new workspace", async () => {
  await page.clock.install();
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  // In one breath: a search is asked for only a moment after the last key, and by then the workspace is another.
  await page.evaluate((finance) => {
    const search = document.querySelector<HTMLInputElement>("input[name=q]");
    if (search === null) throw new Error("there is no search");
    search.value = "kestrel";
    search.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${finance}]`)?.click();
  }, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  await page.clock.runFor(1_000);
  await settled(page);
  await expectFinance(page);
  await expect(page, "the search of IT is in Finance's address").toHaveURL(`/${FINANCE}/customers`);
  await expect(page.locator("input[name=q]"), "the search of IT is in Finance's field").toHaveValue("");
  await expect(page.getByTestId("count")).toHaveText(String((await customersOf(FINANCE)).length));
});

test.describe("what was done in the old workspace", () => {
  const name = "Switchling & Daughters";

  test.beforeEach(async () => {
    const email = "switchling@customer.example";
    await sql(
      `insert into workspace.customers (workspace_id, id, name, email, country) values ($1, gen_random_uuid(), $2, $3, 'NL')`,
      [(await workspaceOf(IT)).id, name, email],
    );
  });

  test.afterEach(async () => {
    await sql("delete from workspace.customers where name = $1", [name]);
  });

  async function openCustomer(): Promise<void> {
    const [{ id }] = await sql("select id from workspace.customers where name = $1", [name]);
    await open(page, `/${IT}/customers/${id}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  }

  test("and said at the foot of the screen is not said in the new one", async () => {
    await page.clock.install();
    await openCustomer();
    await page.getByRole("button", { name: "Archive" }).click();
    await expect(page.getByTestId("toast")).toContainText(`${name} archived`);
    // Time stands still from here, but for the frames of the switch: what is said does not go away by itself.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 200);
    await expect(page.getByTestId("toast"), "in IT it is still said").toContainText(name);
    await bySwitcher(page, FINANCE);
    await page.clock.runFor(100);
    await expectFinance(page);
    expect(await found(page, [name]), "a toast names IT's customer in Finance").toEqual([]);
  });

  test("and answered only after the switch leaves no word in the new one and breaks nothing", async () => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await openCustomer();
    const gate = await Gate.on(page, "act_on_customer");
    await page.getByRole("button", { name: "Archive" }).click();
    const late = await gate.next();
    await bySwitcher(page, FINANCE);
    await expectFinance(page);
    await rowsAreThere(page);
    await late.release();
    expect(errors, "the late answer broke the program").toEqual([]);
    expect(await found(page, [name]), "the late answer names IT's customer in Finance").toEqual([]);
    await page.getByRole("link", { name: "Invoices" }).click();
    await expect(page).toHaveURL(`/${FINANCE}/invoices`);
    await rowsAreThere(page);
    const [{ status }] = await sql("select status from workspace.customers where name = $1", [name]);
    expect(status, "it was archived all the same").toBe("archived");
  });
});
