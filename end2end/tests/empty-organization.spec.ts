// The picker of an organization without workspaces: its owner sees the organization and a link to create the first
// workspace, and is not told to ask for access.
import { expect, test } from "@playwright/test";
import { call } from "../support/calls";
import { sql } from "../support/facts";
import { forgetNewcomers, freshEmail, signUp } from "../support/newcomer";
import { open } from "../support/people";

test.afterEach(forgetNewcomers);

test("an owner without workspaces sees links to the organization and to a new workspace", async ({ page }) => {
  await signUp(page.context().request, freshEmail("empty"), "Emil Empty");
  expect((await call(page.context().request, "found_organization", { organization: "Emptied", name: "Only", slug: "emptied-only" })).status()).toBe(200);
  await open(page, "/home");
  await expect(page.getByTestId("picker-row"), "control: the workspace is listed").toHaveCount(1);
  await sql("update account.workspaces set deleted_at = now() where slug = 'emptied-only'");
  await open(page, "/home");
  await expect(page.getByText("Ask a workspace admin for access")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Emptied" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Organization", exact: true })).toHaveAttribute("href", /^\/org\//);
  await page.getByRole("link", { name: "New workspace" }).click();
  await expect(page).toHaveURL("/new");
});

test("a person without an organization sees how to get access", async ({ page }) => {
  await signUp(page.context().request, freshEmail("none"), "Nils None");
  await open(page, "/home");
  await expect(page.getByRole("heading", { name: "No workspaces yet" })).toBeVisible();
});
