// Slow switches: a tab shows only the workspace of its address, whatever the order of the answers. No data of another
// workspace is shown while a switch is pending or by a late answer (docs/SECURITY.md, I-8, I-10).
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

test("a pending switch shows the new name and a skeleton, and no row of the former workspace", async () => {
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await expect(page.getByTestId("switching"), "control: no switch is pending").toHaveCount(0);
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();

  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expect(workspaceName(page), "the new name is not shown before the answer").toHaveText("Finance");
  await expect(page.getByTestId("role")).toHaveText("Billing admin");
  await expect(page.locator("tbody[aria-hidden=true] > tr").first(), "no skeleton is shown instead of the rows").toBeVisible();
  expect(await page.locator("tbody").innerText().then((text) => text.trim()), "the skeleton contains text").toBe("");
  await expect(page.getByTestId("switching")).toHaveText("Switching to Finance…");
  await expect(page.getByTestId("row"), "a row of the former workspace is visible").toHaveCount(0);
  expect(await found(page, ofIt), "the tab contains data of IT while the switch is pending").toEqual([]);

  await entering.release();
  await expectFinance(page);
  await rowsAreThere(page);
  await expect(page.getByTestId("switching")).toHaveCount(0);
  expect(await found(page, ofIt), "the tab contains data of IT after the switch").toEqual([]);
});

test("a pending switch shows the new workspace in the tab's title", async () => {
  await open(page, `/${IT}/customers`);
  await expect(page).toHaveTitle("Customers · IT · Stile");
  const gate = await Gate.on(page, ...ENTERING);
  await bySwitcher(page, FINANCE);
  const entering = await gate.next();
  await expect(page.getByTestId("switching")).toBeVisible();
  await expect(page, "the title names the former workspace").toHaveTitle("Customers · Finance · Stile");
  await entering.release();
  await expect(page).toHaveTitle("Customers · Finance · Stile");
});

test("pointing at another workspace does not cancel a pending switch", async () => {
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

test("a menu that is opened right after the click on a workspace stays open", async () => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  const gate = await Gate.on(page, ...ENTERING);
  await page.getByTestId("switcher").click();
  // One task after the other, before the switch has drawn anything.
  await page.evaluate(async (slug) => {
    document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${slug}]`)?.click();
    await new Promise((next) => setTimeout(next));
    document.querySelector<HTMLElement>("[data-testid=profile-menu]")?.click();
  }, FINANCE);
  const entering = await gate.next();
  await expect(workspaceName(page), "control: the switch has been drawn").toHaveText("Finance");
  await expect(page.locator("#profile-menu"), "the switch closed a menu that is not its own").toBeVisible();
  await entering.release();
  await expectFinance(page);
  await expect(page.locator("#profile-menu"), "the answer closed the menu").toBeVisible();
});

test("going to the picker cancels a pending switch, and the late answer is ignored", async () => {
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
  expect(found, "the late answer caused an error").toEqual([]);
});

test("a pending search does not lead back from the next workspace", async () => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await page.locator("input[name=q]").focus();
  // Type and click the link to Finance in one turn, before the search's delay is over.
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
  test(`IT, Finance and IT again, answers arriving ${order}: only data of IT is shown`, async () => {
    const [ofIt, ofFinance] = [await stringsOf(IT), await stringsOf(FINANCE)];
    await open(page, `/${IT}/customers`);
    const gate = await Gate.on(page, ...ENTERING);
    await bySwitcher(page, FINANCE);
    const toFinance = await gate.next();
    await bySwitcher(page, IT);
    const backToIt = await gate.next();
    expect([toFinance.asked.to, backToIt.asked.to]).toEqual([FINANCE, IT]);
    expect(ofFinance.some((s) => toFinance.answer.includes(s)), "control: the late answer contains data of Finance").toBe(true);

    for (const call of order === "in order" ? [toFinance, backToIt] : [backToIt, toFinance]) {
      await call.release();
      expect(await found(page, ofFinance), `IT shows the answer of Finance, ${order}`).toEqual([]);
      await expect(workspaceName(page)).toHaveText("IT");
    }
    await rowsAreThere(page);
    await expect(page).toHaveURL(`/${IT}/customers`);
    await expect(page.getByTestId("role")).toHaveText("Owner");
    expect(await found(page, ofIt), "control: the data of IT is shown").not.toEqual([]);
    // The grant must also belong to IT, because the next page is requested with it.
    await page.getByRole("link", { name: "Products" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Products");
    await rowsAreThere(page);
    expect(await found(page, ofFinance), "IT shows the answer of Finance").toEqual([]);
  });
}

test("a late answer for a page of the former workspace is dropped", async () => {
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  const gate = await Gate.on(page, "load_page");
  await page.locator("input[name=q]").fill("kestrel");
  const late = await gate.next();
  expect(late.asked.workspace).toBe(IT);
  expect(late.answer, "control: the late answer contains data of IT").toContain("Kestrel Aerostructures");
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);

  await late.release();
  await expect(page, "the late answer of IT changed the address").toHaveURL(`/${FINANCE}/customers`);
  expect(await found(page, ofIt), "Finance shows the late answer of IT").toEqual([]);
  await gate.lift();
  await page.getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(page);
  expect(await found(page, ofIt), "the next page of Finance shows the late answer of IT").toEqual([]);
  await expectFinance(page);
});

test("control: the same late answer is shown without a switch", async () => {
  await open(page, `/${IT}/customers`);
  const gate = await Gate.on(page, "load_page");
  await page.locator("input[name=q]").fill("kestrel");
  const late = await gate.next();
  await settled(page);
  await expect(page.getByTestId("row"), "the old rows disappeared before the answer").not.toHaveCount(1);
  await late.release();
  await expect(page.getByTestId("row")).toHaveCount(1);
  await expect(page.getByTestId("row")).toContainText("Kestrel Aerostructures");
});

test("a search that is typed just before a switch is not sent to the new workspace", async () => {
  await page.clock.install();
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  // Type and switch in one turn. The search would be sent after a delay, when the workspace has changed.
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
  await expect(page, "the address of Finance contains the search of IT").toHaveURL(`/${FINANCE}/customers`);
  await expect(page.locator("input[name=q]"), "the search field of Finance contains the search of IT").toHaveValue("");
  await expect(page.getByTestId("count")).toHaveText(String((await customersOf(FINANCE)).length));
});

test.describe("an action in the former workspace", () => {
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

  test("leaves no message in the new workspace", async () => {
    await page.clock.install();
    await openCustomer();
    await page.getByRole("button", { name: "Archive" }).click();
    await expect(page.getByTestId("toast")).toContainText(`${name} archived`);
    // Stop the clock except for the frames of the switch, so that the message does not disappear by itself.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 200);
    await expect(page.getByTestId("toast"), "control: IT shows the message").toContainText(name);
    await bySwitcher(page, FINANCE);
    await page.clock.runFor(100);
    await expectFinance(page);
    expect(await found(page, [name]), "a message in Finance names the customer of IT").toEqual([]);
  });

  test("leaves no message and causes no error if it is answered after the switch", async () => {
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
    expect(errors, "the late answer caused an error").toEqual([]);
    expect(await found(page, [name]), "Finance shows the customer of IT").toEqual([]);
    await page.getByRole("link", { name: "Invoices" }).click();
    await expect(page).toHaveURL(`/${FINANCE}/invoices`);
    await rowsAreThere(page);
    const [{ status }] = await sql("select status from workspace.customers where name = $1", [name]);
    expect(status, "the customer was not archived").toBe("archived");
  });
});
