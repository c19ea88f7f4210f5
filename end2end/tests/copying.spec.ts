// Copying to the clipboard: the page reports success only if the text is in the clipboard, also without the clipboard
// API (plain http) or without permission. If all ways fail, the text is shown selected. Text that is copied by hand is
// in one piece.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { forgetFactors, setUpApp } from "../support/factors";
import { FINANCE, IT } from "../support/facts";
import { forgetSeats, fresh } from "../support/invites";
import { PASSWORD, open } from "../support/people";

const toast = (page: Page) => page.getByTestId("toast");
const byHand = (page: Page) => page.getByRole("textbox", { name: "Text to copy" });

/** Reads the clipboard by pasting. */
async function pasted(page: Page): Promise<string> {
  await page.evaluate(() => {
    const area = document.createElement("textarea");
    area.id = "paste-here";
    document.body.append(area);
    area.focus();
  });
  await page.keyboard.press("Control+v");
  return page.locator("#paste-here").evaluate((area: HTMLTextAreaElement) => {
    area.remove();
    return area.value;
  });
}

/** Removes the clipboard API, as over plain http. */
const withoutClipboard = (page: Page) => page.addInitScript(() => Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined }));
/** Makes the browser refuse to write to the clipboard. */
const refused = (page: Page) =>
  page.addInitScript(() => {
    Clipboard.prototype.writeText = () => Promise.reject(new DOMException("Write permission denied.", "NotAllowedError"));
  });
/** Makes the older way, execCommand, fail too. */
const withoutCommand = (page: Page) =>
  page.addInitScript(() => {
    document.execCommand = () => false;
  });

async function copyLink(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("copy link");
  await expect(page.getByTestId("palette-item").first()).toContainText("Copy link");
  await page.keyboard.press("Enter");
}

for (const [state, prepare] of [["there", async () => {}], ["not there", withoutClipboard], ["refused", refused]] as const) {
  test(`the clipboard is ${state}: a link, a token and an invite are copied and confirmed`, async ({ as }) => {
    const page = await as(ADA);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await prepare(page);
    await open(page, `/${IT}/customers?status=active`);
    await copyLink(page);
    await expect(toast(page)).toContainText("Link copied");
    expect(await pasted(page)).toBe(page.url());

    await open(page, "/account/tokens");
    await page.fill("#name", `Copied ${state}`);
    await page.fill("#password", PASSWORD);
    await page.getByRole("button", { name: "Create token" }).click();
    const token = await page.getByTestId("token").innerText();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect(toast(page)).toContainText("Token copied");
    expect(await pasted(page)).toBe(token);
    await page.getByRole("button", { name: `Revoke Copied ${state}` }).click();

    const address = fresh("copied");
    await open(page, `/${IT}/settings/members`);
    await page.fill("[name=emails]", address);
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = await page.getByTestId("invite-link").innerText();
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect(toast(page).filter({ hasText: "Link copied" })).toBeVisible();
    expect(await pasted(page)).toBe(link);
    await forgetSeats(address);
  });
}

for (const [state, prepare] of [["not there", withoutClipboard], ["refused", refused]] as const) {
  test(`the clipboard is ${state} and execCommand fails: the page says so and keeps the text selected until the page changes`, async ({ as }) => {
    const page = await as(ADA);
    await prepare(page);
    await withoutCommand(page);
    await open(page, `/${IT}/customers`);
    await copyLink(page);
    await expect(toast(page)).toContainText("blocked copying");
    // A message disappears after 6 s, which is less than the default timeout.
    await expect(toast(page).filter({ hasText: "Link copied" }), "the page also reports success").toHaveCount(0, { timeout: 1_000 });
    await expect(byHand(page)).toBeFocused();
    await expect(byHand(page)).toHaveValue(page.url());
    await expect(byHand(page)).not.toBeEditable();
    expect(await byHand(page).evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd))).toBe(page.url());
    await page.locator(".rail").getByRole("link", { name: "Invoices" }).click();
    await expect(byHand(page), "the text to copy stays on the next page").toHaveCount(0);

    await open(page, "/account/tokens");
    await page.fill("#name", `By hand ${state}`);
    await page.fill("#password", PASSWORD);
    await page.getByRole("button", { name: "Create token" }).click();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect(byHand(page)).toHaveValue(await page.getByTestId("token").innerText());
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(byHand(page)).toHaveCount(0);
    await page.getByRole("button", { name: `Revoke By hand ${state}` }).click();
  });
}

test.afterEach(async () => forgetFactors(VIK));

test("recovery codes and the key of an authenticator app are copied without the clipboard API", async ({ as }) => {
  const page = await as(VIK);
  await withoutClipboard(page);
  await open(page, "/account/security");
  const { codes } = await setUpApp(page);
  await page.getByTestId("new-codes").getByRole("button", { name: "Copy" }).click();
  await expect(toast(page)).toContainText("Recovery codes copied");
  expect((await pasted(page)).split("\n")).toEqual(codes);
});

test("a workspace's address can be selected in one piece, and the search has a correct accessible name", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const slug = page.locator(`[data-testid=picker-row][data-slug=${FINANCE}] .slug`);
  await expect(slug).toHaveText(FINANCE);
  const selected = await slug.evaluate((element) => {
    const selection = getSelection();
    selection?.selectAllChildren(element);
    const text = selection?.toString();
    return { text, whole: (element as HTMLElement).innerText, texts: [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).length };
  });
  expect(selected).toEqual({ text: FINANCE, whole: FINANCE, texts: 1 });
  expect(await page.locator(`[data-testid=picker-row][data-slug=${FINANCE}]`).ariaSnapshot()).toContain(FINANCE);
  // On screen, the whole address is visible where there is room.
  expect(await slug.evaluate((element) => element.clientWidth >= element.scrollWidth)).toBe(true);
  await expect(page.locator("#picker-search")).toHaveAccessibleName("Find a workspace");
});
