// Pasting addresses into the invite field: nothing is dropped silently. Each entry becomes an invite, a person who
// already has access, or a line to correct. The limit is shown before anything is sent.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { IT, sql } from "../support/facts";
import { forgetSeats, fresh } from "../support/invites";
import { contextOf, open } from "../support/people";

let made: string[] = [];
test.afterEach(async () => {
  await forgetSeats(...made);
  made = [];
});

const people = (count: number): string[] => {
  const all = Array.from({ length: count }, (_, n) => fresh(`paste${n}`));
  made.push(...all);
  return all;
};
const invites = async () => Number((await sql("select count(*) as n from account.invites"))[0].n);
const send = (page: Page) => page.getByRole("button", { name: "Invite", exact: true }).click();
const members = `/${IT}/settings/members`;

test("thirty lines with names and addresses make thirty invites", async ({ as }) => {
  const page = await as(ADA);
  await open(page, members);
  const all = people(30);
  await page.fill("#emails", all.map((address, n) => `First${"abcdefghij"[n % 10]} Last <${address}>`).join("\n"));
  await expect(page.getByTestId("emails-count")).toHaveText("30 people");
  await send(page);
  await expect(page.getByTestId("invite-result")).toHaveCount(30);
  await expect(page.getByTestId("invited-people")).toContainText("30 invited");
  await expect(page.getByTestId("not-invited")).toHaveCount(0);
  await expect(page.locator("#emails"), "the field still contains the invited addresses").toHaveValue("");
});

for (const script of [true, false]) {
  test(`quotes, commas, tabs, links and mistakes are all reported ${script ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { javaScriptEnabled: script });
    const page = await context.newPage();
    await (script ? open(page, members) : page.goto(members));
    const [a, b, c, d, e, f] = people(6);
    const text = `"Moreau, Ada" <${a}>, ${b}; Reyes, Olu <${c}>\nIda\tKey\t${d}\n<mailto:${e}>, (nobody)\n${VIK}\nTypo <typo@>\n${f.toUpperCase()} ${f}`;
    await page.fill("#emails", text);
    await send(page);
    const result = (address: string) => page.locator(`[data-testid=invite-result][data-address="${address}"]`);
    await expect(page.getByTestId("invite-result")).toHaveCount(9);
    for (const address of [a, b, c, d, e, f]) await expect(page.getByTestId("invited-people").locator(result(address)), address).toContainText("Invited.");
    await expect(result(a)).toContainText("Moreau, Ada");
    const apart = page.getByTestId("not-invited");
    await expect(apart.locator(result(VIK))).toContainText("Already has access");
    await expect(apart.locator(result("Typo <typo@>"))).toContainText("Not a valid email");
    await expect(apart.locator(result("(nobody)"))).toContainText("Not a valid email");
    await expect(page.locator("#emails"), "the field does not contain exactly the entries to correct").toHaveValue("(nobody)\nTypo <typo@>");
    await context.close();
  });

  test(`more than fifty addresses are refused together, with the number, ${script ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { javaScriptEnabled: script });
    const page = await context.newPage();
    await (script ? open(page, members) : page.goto(members));
    await expect(page.locator("#emails-hint"), "the limit is not shown beforehand").toContainText("Up to 50 at a time");
    const [before, all] = [await invites(), people(60)];
    await page.fill("#emails", all.join(" "));
    if (script) await expect(page.locator("#emails-error"), "the number is not shown while typing").toHaveText("60 people are 10 too many. You can invite 50 at a time.");
    await send(page);
    await expect(page.locator("#emails-error")).toContainText("60 people are 10 too many. You can invite 50 at a time. Nothing was sent.");
    await expect(page.locator("#emails")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#emails"), "the pasted text was lost").toHaveValue(all.join(" "));
    expect(await invites(), "some invites were sent").toBe(before);
    await context.close();
  });
}

test("text in the field stays while the page reloads its data", async ({ as }) => {
  const page = await as(ADA);
  const [first, second] = people(2);
  await open(page, members);
  await page.fill("#emails", first);
  await send(page);
  await expect(page.locator(`[data-invite="${first}"]`)).toBeVisible();
  await page.fill("#emails", `${second} `);
  await page.getByRole("button", { name: `Resend the invite to ${first}` }).click();
  await expect(page.getByTestId("invite-result")).toHaveCount(1);
  await expect(page.locator("#emails"), "the typed addresses were lost").toHaveValue(`${second} `);
});
