// Staging: the workspace under the pointer is loaded in advance and not shown. A switch shows it and confirms the seat
// again. A revocation discards it. It counts as a visit only after the switch.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf, found, personOf, rowNames, sql, stringsOf } from "../support/facts";
import { settled } from "../support/network";
import { open } from "../support/people";
import { workspaceName } from "../support/switching";

const row = (page: Page, slug: string) => page.locator(`[data-testid=switcher-item][data-slug=${slug}]`).first();

/** Opens the switcher and points at Finance until it is staged. */
async function point(page: Page): Promise<void> {
  await page.getByTestId("switcher").click();
  const staged = page.waitForResponse((r) => r.url().endsWith("/api/fn/stage_workspace"));
  await row(page, FINANCE).hover();
  const answer = await staged;
  expect(answer.status()).toBe(200);
  expect(answer.request().postDataJSON(), "another page of Finance is staged").toEqual({ to: FINANCE, page: "customers" });
  await answer.finished();
}

const visited = async (): Promise<string> =>
  (await sql("select coalesce(max(v.entered_at)::text, '') as at from account.visits v join account.workspaces w on w.id = v.workspace_id where w.slug = $1 and v.user_id = $2", [FINANCE, await personOf(ADA)]))[0].at;

test("a staged workspace appears in the first frame, is confirmed at once, and counts as a visit only then", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await expect(page.getByTestId("row").first()).toBeVisible();
  const before = await visited();
  await point(page);
  expect(await visited(), "staging counts as a visit").toBe(before);
  expect(await found(page, await stringsOf(FINANCE)), "the page contains data of the staged workspace").toEqual([]);
  const asked: string[] = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  const arrived = page.waitForResponse((r) => r.url().endsWith("/api/fn/arrive_in_workspace"));
  const first = await page.evaluate(
    ([slug]) =>
      new Promise<{ name: string; row: string }>((done) => {
        document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${slug}]`)?.click();
        requestAnimationFrame(() => requestAnimationFrame(() =>
          done({
            name: document.querySelector("[data-testid=workspace-name]")?.textContent ?? "",
            row: document.querySelector("tr[data-testid=row] .row-link")?.textContent ?? "",
          }),
        ));
      }),
    [FINANCE],
  );
  const customers = (await customersOf(FINANCE)).map((c) => c.name);
  expect(first.name).toBe("Finance");
  expect(customers, "the next frame has no row of Finance").toContain(first.row);
  expect((await arrived).status()).toBe(200);
  await expect.poll(visited, "the switch does not count as a visit").not.toBe(before);
  expect(asked.filter((path) => /(open|enter|stage|switch)_workspace/.test(path)), "the workspace was entered twice").toEqual([]);
  expect(await found(page, await stringsOf(IT)), "the page still contains data of IT").toEqual([]);
});

test("the address changes after the frame that shows the workspace, before the next action, and only once", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await point(page);
  const [shown, then, entries] = await page.evaluate(async (slug) => {
    const entries = history.length;
    const name = () => document.querySelector("[data-testid=workspace-name]")?.textContent;
    document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${slug}]`)?.click();
    // Wait with microtasks only, so that no frame is painted in between.
    for (let turn = 0; turn < 1_000 && name() !== "Finance"; turn++) await Promise.resolve();
    const shown = [name(), location.pathname];
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", bubbles: true }));
    const then = location.pathname;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))));
    return [shown, then, history.length - entries] as const;
  }, FINANCE);
  expect(shown, "the page waits for its address").toEqual(["Finance", `/${IT}/customers`]);
  expect(then, "the key event sees the former address").toBe(`/${FINANCE}/customers`);
  expect(entries, "expected one new history entry").toBe(1);
  await expect(page).toHaveTitle(/ · Finance · Stile$/);
  await page.goBack();
  await expect(workspaceName(page)).toHaveText("IT");
  await expect(page).toHaveURL(`/${IT}/customers`);
});

test("an open menu closes when the history leads to another workspace, and opens again there", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  await row(page, FINANCE).click();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  const overs: [string, () => Promise<void>, "goBack" | "goForward", string][] = [
    ["#palette", () => page.keyboard.press("Control+k"), "goBack", "IT"],
    ["#switcher-menu", () => page.getByTestId("switcher").click(), "goForward", "Finance"],
  ];
  for (const [over, show, go, name] of overs) {
    await show();
    await expect(page.locator(`${over}:popover-open`)).toBeVisible();
    await page[go]();
    await expect(workspaceName(page)).toHaveText(name);
    await expect(page.locator(over), `${over} is open over another workspace`).toBeHidden();
    await show();
    await expect(page.locator(`${over}:popover-open`), `${over} does not open at the first request`).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator(over)).toBeHidden();
  }
});

test("a key that keeps the selected workspace stages it at once; a key that changes the selection does not", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  // Opening the palette stages its first workspace.
  const pointed = page.waitForResponse((r) => r.url().endsWith("/api/fn/stage_workspace"));
  await page.keyboard.press("Control+k");
  await (await pointed).finished();
  const after = await page.evaluate(async () => {
    let asked = 0;
    const own = window.fetch;
    window.fetch = (...given: Parameters<typeof fetch>) => {
      if (given[0] instanceof Request && given[0].url.endsWith("/stage_workspace")) asked += 1;
      return own(...given);
    };
    const field = document.querySelector<HTMLInputElement>("[data-testid=palette-input]");
    const after: string[] = [];
    for (const typed of ["finan", "produ", "produc"]) {
      if (field) field.value = typed;
      field?.dispatchEvent(new Event("input", { bubbles: true }));
      // Wait for everything that the key triggers, but for no timer.
      const channel = new MessageChannel();
      await new Promise((done) => {
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
      });
      after.push(`${document.querySelector<HTMLElement>(".palette-item[aria-selected=true]")?.dataset.slug} ${asked}`);
    }
    return after;
  });
  expect(after).toEqual([`${FINANCE} 0`, "smartai-product-eng 0", "smartai-product-eng 1"]);
});

test("pressing the mouse button stages a workspace once, before it is released; a touch, a modifier key or another button stages nothing", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await expect(page.getByTestId("row").first()).toBeVisible();
  await page.getByTestId("switcher").click();
  const asked: string[] = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  // Do not point first, so that only the press can stage the workspace.
  const press = (init: PointerEventInit) =>
    row(page, FINANCE).evaluate((link, init) => void link.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, ...init })), init);
  for (const init of [{ pointerType: "touch" }, { pointerType: "mouse", button: 2 }, { pointerType: "mouse", ctrlKey: true }]) await press(init);
  await settled(page);
  expect(asked.filter((path) => path.includes("_workspace")), "a workspace was entered").toEqual([]);
  const staged = page.waitForResponse((r) => r.url().endsWith("/api/fn/stage_workspace"));
  await press({ pointerType: "mouse" });
  expect((await staged).status()).toBe(200);
  await row(page, FINANCE).click();
  await expect(workspaceName(page)).toHaveText("Finance");
  await expect(page.getByTestId("row").first()).toBeVisible();
  await expect.poll(() => asked.filter((path) => path.includes("_workspace")), "the workspace was entered twice").toEqual(["/api/fn/stage_workspace", "/api/fn/arrive_in_workspace"]);
});

for (const told of [true, false]) {
  test(`a seat that is revoked between staging and the click opens nothing, ${told ? "if the tab learns of it" : "if the tab does not learn of it"}`, async ({ as }) => {
    const page = await as(ADA);
    if (!told) await page.routeWebSocket(/api\/live/, () => undefined);
    await open(page, `/${IT}/customers`);
    await point(page);
    const [{ role }] = await sql("select m.role from account.workspace_members m join account.workspaces w on w.id = m.workspace_id where w.slug = $1 and m.user_id = $2", [FINANCE, await personOf(ADA)]);
    await sql("delete from account.workspace_members m using account.workspaces w where w.id = m.workspace_id and w.slug = $1 and m.user_id = $2", [FINANCE, await personOf(ADA)]);
    try {
      if (told) {
        await expect(row(page, FINANCE), "the tab does not learn of the revocation").toHaveCount(0);
        await page.evaluate((url) => {
          const link = document.createElement("a");
          link.href = url;
          document.body.append(link);
          link.click();
        }, `/${FINANCE}/customers`);
        await expect(page.getByTestId("not-found")).toBeVisible();
      } else {
        await row(page, FINANCE).click();
        await expect(page.getByRole("heading", { level: 1 })).toContainText(/Finance/);
        await expect(page.getByTestId("row")).toHaveCount(0);
      }
      expect(await found(page, await stringsOf(FINANCE)), "the page still contains data of Finance").toEqual([]);
    } finally {
      await sql("insert into account.workspace_members (workspace_id, user_id, role) select id, $2, $3 from account.workspaces where slug = $1", [FINANCE, await personOf(ADA), role]);
    }
  });
}

for (const pause of [0, 10, 40]) test(`a switch that is reverted after ${pause} ms shows only the data of the first workspace`, async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await expect(page.getByTestId("row").first()).toBeVisible();
  const names = await rowNames(page);
  await page.getByTestId("switcher").click();
  await expect(row(page, FINANCE)).toBeVisible();
  await page.evaluate(
    ([there, back, pause]) =>
      new Promise<void>((done) => {
        document.querySelector<HTMLElement>(`[data-testid=switcher-item][data-slug=${there}]`)?.click();
        const home = () => {
          const link = Object.assign(document.createElement("a"), { href: back });
          document.body.append(link);
          link.click();
          link.remove();
          done();
        };
        if (pause) setTimeout(home, Number(pause));
        else home();
      }),
    [FINANCE, `/${IT}/customers`, pause] as const,
  );
  await expect(page).toHaveURL(`/${IT}/customers`);
  await expect(workspaceName(page)).toHaveText("IT");
  await expect.poll(() => rowNames(page)).toEqual(names);
  await page.waitForLoadState("networkidle");
  expect(await rowNames(page)).toEqual(names);
  expect(await found(page, await stringsOf(FINANCE)), "the page contains data of Finance").toEqual([]);
});
