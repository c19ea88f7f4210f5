// Members of workspaces and organizations: who may see them, who may change them, and what each change does
// (docs/SECURITY.md, I-11).
import { type Page, expect } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { IT, PRODUCT_ENG, personOf, sql } from "../support/facts";
import { forgetSeats, fresh, mailedLink, register } from "../support/invites";
import { contextOf, open } from "../support/people";
import { afterwards, putBack, seat } from "../support/seating";
import { value } from "../support/made";

const OLU = "olu@smartai.example";
const row = (page: Page, email: string) => page.locator(`[data-testid=row][data-person="${email}"]`);
const menu = async (page: Page, email: string) => {
  await row(page, email).getByTestId("seat-menu").click();
  return page.locator(".seat-menu:popover-open");
};
const roleOf = (email: string, slug: string) =>
  sql("select m.role from account.workspace_members m join account.users u on u.id = m.user_id join account.workspaces w on w.id = m.workspace_id where u.email = $1 and w.slug = $2", [email, slug]).then((rows) => rows[0]?.role ?? "none");
const organization = (name: string) => value("select id::text from account.organizations where name = $1", [name]);

// Open menus must not need scrolling, because the browser moves a menu one frame later than its button.
test.use({ viewport: { width: 1280, height: 1200 } });
test.afterEach(putBack);

test("every member is listed with the role and the source of the seat", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/members`);
  await expect(row(page, ADA).getByTestId("seat")).toHaveText("Owner, direct; also Admin through SmartAI");
  await expect(row(page, OLU).getByTestId("seat")).toHaveText("Owner, through SmartAI");
  await expect(row(page, VIK).getByTestId("seat")).toHaveText("Viewer, direct");
  await expect(row(page, MIA), "a person without a seat is listed").toHaveCount(0);
});

test("a changed role and a removed seat take effect at once", async ({ as }) => {
  const page = await as(ADA);
  const vik = (await as(VIK)).context().request;
  await seat(VIK, IT, "viewer");
  await open(page, `/${IT}/settings/members`);
  const open_ = await menu(page, VIK);
  await open_.locator("[name=role]").selectOption("admin");
  await open_.getByRole("button", { name: "Change role" }).click();
  await expect(row(page, VIK).getByTestId("seat")).toHaveText("Admin, direct");
  await expect(page.getByTestId("toast")).toContainText("now Admin");
  expect(await roleOf(VIK, IT)).toBe("admin");
  const removing = await menu(page, VIK);
  await removing.getByText("Remove from workspace…").click();
  await expect(removing, "the question does not explain the consequence").toContainText("Vik Sharma will lose access to IT immediately");
  expect(await roleOf(VIK, IT), "the first click removed the seat").toBe("admin");
  await removing.getByRole("button", { name: "Remove Vik Sharma" }).click();
  await expect(row(page, VIK)).toHaveCount(0);
  await expect(page.getByTestId("toast").last()).toContainText("Vik Sharma removed from IT");
  afterwards(() => sql("delete from account.barred"));
  expect((await vik.get(`/${IT}/customers`, { maxRedirects: 0 })).status(), "the removed seat still opens the workspace").toBe(404);
});

test("an open confirmation about one person never appears in another person's row", async ({ as }) => {
  const [one, two] = [await register(fresh("asked"), "Asked A"), await register(fresh("asked"), "Asked B")];
  afterwards(() => forgetSeats(one, two));
  for (const email of [one, two]) await seat(email, IT, "viewer");
  const page = await as(ADA);
  await open(page, `/${IT}/settings/members`);
  const asking = await menu(page, one);
  await asking.getByText("Remove from workspace…").click();
  await asking.getByRole("button", { name: "Remove Asked A" }).click();
  await expect(row(page, one)).toHaveCount(0);
  const other = await menu(page, two);
  await expect(other.getByText("Remove from workspace…"), "control: the menu is open").toBeVisible();
  await expect(other.getByRole("button", { name: "Remove Asked B" }), "another person can be removed without a confirmation").toBeHidden();
  await page.keyboard.press("Escape");
  await (await menu(page, two)).locator("[name=role]").selectOption("member");
  await page.locator(".seat-menu:popover-open").getByRole("button", { name: "Change role" }).click();
  await expect(row(page, two).getByTestId("seat")).toHaveText("Member, direct");
  await expect(row(page, two).getByTestId("seat-menu"), "the focus was lost with the row").toBeFocused();
});

test("in an organization, the focus stays at the row whose role was changed", async ({ as }) => {
  const email = await register(fresh("orgfocus"), "Focus Org");
  afterwards(() => forgetSeats(email));
  const id = await organization("SmartAI");
  await sql("insert into account.organization_members (organization_id, user_id, role) select $1::uuid, id, 'member' from account.users where email = $2", [id, email]);
  const page = await as(OLU);
  await open(page, `/org/${id}/members`);
  const changing = await menu(page, email);
  await changing.locator("[name=role]").selectOption("admin");
  await changing.getByRole("button", { name: "Change role" }).click();
  await expect(row(page, email).getByTestId("seat")).toHaveText("Admin in every workspace");
  await expect(row(page, email).getByTestId("seat-menu"), "the focus was lost with the row").toBeFocused();
});

test("the bulk bar changes and removes several people at once", async ({ as }) => {
  const [one, two] = [await register(fresh("bulka"), "Bulk A"), await register(fresh("bulkb"), "Bulk B")];
  afterwards(() => forgetSeats(one, two));
  for (const email of [one, two]) await seat(email, IT, "viewer");
  const page = await as(ADA);
  await open(page, `/${IT}/settings/members`);
  for (const email of [one, two]) await row(page, email).getByRole("checkbox").check();
  const role = page.locator("#bulk [name=role]");
  await expect(role, "a role is preselected").toHaveValue("");
  await expect(page.locator("#bulk").getByRole("button", { name: "Change role" })).toBeDisabled();
  await role.selectOption("member");
  await page.getByRole("button", { name: "Change role" }).first().click();
  for (const email of [one, two]) await expect(row(page, email).getByTestId("seat")).toHaveText("Member, direct");
  for (const email of [one, two]) await row(page, email).getByRole("checkbox").check();
  await page.getByText("Remove people…").click();
  await expect(page.locator("#bulk")).toContainText("Bulk A, Bulk B will lose access to IT");
  await page.getByRole("button", { name: "Remove people" }).click();
  for (const email of [one, two]) await expect(row(page, email)).toHaveCount(0);
});

test("a viewer sees the members and can change nothing; a guest sees only themselves", async ({ as }) => {
  await seat(VIK, IT, "viewer");
  const page = await as(VIK);
  await open(page, `/${IT}/settings/members`);
  await expect(row(page, ADA)).toBeVisible();
  await expect(page.getByRole("button", { name: "Invite", exact: true })).toHaveCount(0);
  await expect(row(page, ADA).getByTestId("seat-menu")).toHaveCount(0);
  const grant = await grantOf(page.context().request, IT);
  const me = await personOf(VIK);
  for (const action of [{ set_role: { people: [me], role: "admin" } }, { remove: { people: [await personOf(ADA)], heir: "nobody" } }, { invite: { emails: "x@y.example", role: "viewer" } }]) {
    const answer = await call(page.context().request, "manage_members", { workspace: IT, grant, action });
    expect(answer.status(), JSON.stringify(action)).toBe(403);
  }
  expect(await roleOf(VIK, IT)).toBe("viewer");
  await seat(VIK, IT, "guest");
  await open(page, `/${IT}/settings/members`);
  await expect(page.getByTestId("row")).toHaveCount(1);
  await expect(row(page, VIK)).toBeVisible();
});

test("an admin is neither offered nor allowed a role above their own", async ({ as }) => {
  await seat(VIK, PRODUCT_ENG, "admin");
  const page = await as(VIK);
  await open(page, `/${PRODUCT_ENG}/settings/members`);
  await expect(page.locator("#invite-role option")).toHaveText(["Admin", "Billing admin", "Member", "Viewer", "Guest"]);
  const grant = await grantOf(page.context().request, PRODUCT_ENG);
  for (const action of [
    { set_role: { people: [await personOf(MIA)], role: "owner" } },
    { set_role: { people: [await personOf(VIK)], role: "owner" } },
    { transfer: await personOf(VIK) },
    { invite: { emails: "boss@smartai.example", role: "owner" } },
  ]) {
    const answer = await call(page.context().request, "manage_members", { workspace: PRODUCT_ENG, grant, action });
    expect(answer.status(), JSON.stringify(action)).toBe(403);
  }
  expect([await roleOf(MIA, PRODUCT_ENG), await roleOf(VIK, PRODUCT_ENG)]).toEqual(["member", "admin"]);
  const allowed = await call(page.context().request, "manage_members", { workspace: PRODUCT_ENG, grant, action: { set_role: { people: [await personOf(MIA)], role: "member" } } });
  expect(allowed.status(), "control: an allowed change is accepted").toBe(200);
});

test("a person who leaves a workspace no longer sees it in the picker", async ({ as }) => {
  await seat(VIK, PRODUCT_ENG, "viewer");
  const page = await as(VIK);
  await open(page, `/${PRODUCT_ENG}/settings/members`);
  const leaving = await menu(page, VIK);
  await leaving.getByText("Leave workspace…").click();
  await leaving.getByRole("button", { name: "Leave Product Eng" }).click();
  await expect(page).toHaveURL("/home");
  await expect(page.locator(`[data-testid=picker-row][data-slug=${PRODUCT_ENG}]`)).toHaveCount(0);
  expect(await roleOf(VIK, PRODUCT_ENG)).toBe("none");
});

test("the last owner of an organization can't leave", async ({ as }) => {
  const page = await as(OLU);
  const id = await organization("SmartAI");
  await open(page, `/org/${id}/members`);
  const leaving = await menu(page, OLU);
  await leaving.getByText("Leave organization…").click();
  await leaving.getByRole("button", { name: "Leave SmartAI" }).click();
  await expect(page.getByRole("alert")).toContainText("There must always be an owner");
  expect(await value("select count(*) from account.organization_members where organization_id = $1 and role = 'owner'", [id])).toBe("1");
});

test("the organization's pages show members, invites, workspaces and domains; strangers get the 404 of a missing one", async ({ as }) => {
  const address = fresh("orgb");
  afterwards(() => forgetSeats(address));
  const page = await as(ADA);
  const id = await organization("SmartAI");
  await open(page, `/org/${id}/invites`);
  await expect(page.locator("#invite-role option")).toHaveText(["Org admin", "Org member"]);
  await page.fill("[name=emails]", address);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(page.getByTestId("invite-result")).toContainText("Invited.");
  await mailedLink(address);
  await open(page, `/org/${id}/workspaces`);
  await expect(page.getByTestId("row")).toHaveCount(2);
  await open(page, `/org/${id}/domains`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Domains");
  const vik = (await as(VIK)).context().request;
  const [real, none] = [await vik.get(`/org/${id}/members`), await vik.get("/org/018f4d9e-0000-7000-8000-000000000000/members")];
  expect([real.status(), await real.text()]).toEqual([404, await none.text()]);
});

test("people of an allowed domain can join below the admin role; public domains are refused", async ({ as, browser }) => {
  const address = await register(fresh("joiner"), "Jo Joiner");
  afterwards(async () => {
    await forgetSeats(address);
    await sql("delete from account.auto_joins");
  });
  const page = await as(ADA);
  await open(page, `/${PRODUCT_ENG}/settings/members`);
  await page.fill("#domain", "gmail.com");
  await page.getByRole("button", { name: "Add domain" }).click();
  await expect(page.locator("#domain")).toHaveAccessibleDescription(/Anyone can get an email/);
  await page.fill("#domain", "smartai.example");
  await page.getByRole("button", { name: "Add domain" }).click();
  await expect(page.getByTestId("join")).toContainText("@smartai.example");
  const context = await contextOf(browser, address);
  const joiner = await context.newPage();
  await open(joiner, "/home");
  await joiner.getByRole("button", { name: /^Join: Product Eng/ }).click();
  await expect(joiner).toHaveURL(`/${PRODUCT_ENG}/overview`);
  expect(await roleOf(address, PRODUCT_ENG)).toBe("member");
  await context.close();
});

test("roles can be changed without JavaScript", async ({ browser }) => {
  await seat(VIK, IT, "viewer");
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/settings/members`);
  const open_ = await menu(page, VIK);
  await open_.locator("[name=role]").selectOption("member");
  await open_.getByRole("button", { name: "Change role" }).click();
  await expect(row(page, VIK).getByTestId("seat")).toHaveText("Member, direct");
  await context.close();
});

test("without JavaScript the bulk bar needs a chosen role, and removing asks for a confirmation", async ({ browser }) => {
  const [one] = [await register(fresh("barea"), "Bare A")];
  afterwards(() => forgetSeats(one));
  await seat(one, IT, "viewer");
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/settings/members`);
  await row(page, one).getByRole("checkbox").check();
  await page.locator("#bulk").getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("alert")).toContainText("Choose a role from the list.");
  expect(await roleOf(one, IT), "a role was changed without a choice").toBe("viewer");
  const open_ = await menu(page, one);
  await expect(open_.getByRole("button", { name: "Remove Bare A" }), "the person can be removed without a confirmation").toBeHidden();
  await open_.getByText("Remove from workspace…").click();
  await open_.getByRole("button", { name: "Remove Bare A" }).click();
  await expect(row(page, one)).toHaveCount(0);
  expect(await roleOf(one, IT)).toBe("none");
  await context.close();
});

test("the headings of the settings skip no level, and there is one h1 and one h2", async ({ as }) => {
  const page = await as(ADA);
  for (const name of ["general", "branding", "members", "security", "danger"]) {
    await open(page, `/${IT}/settings/${name}`);
    const headings = await page.locator("main :is(h1, h2, h3, h4)").evaluateAll((all) => all.map((h) => [Number(h.tagName[1]), h.textContent ?? ""] as const));
    expect(headings.filter(([level]) => level < 3).map(([level]) => level), name).toEqual([1, 2]);
    headings.slice(1).forEach(([level], at) => expect(level - headings[at][0], `${name}: the level before "${headings[at + 1][1]}" is skipped`).toBeLessThanOrEqual(1));
  }
});
