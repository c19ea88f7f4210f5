// The program is cut in two: lists, overview and switching come first, all other pages as a chunk that nobody waits for
// who does not open one. Without the chunk each of them says so, or works as without JavaScript.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { open } from "../support/people";
import { rowsAreThere } from "../support/switching";

const CHUNK = "**/split_pages.wasm";

test("a list is live without the chunk, which then comes by itself", async ({ as }) => {
  const page = await as(ADA);
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route(CHUNK, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(CHUNK);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await page.getByTestId("switcher").click();
  await expect(page.getByTestId("switcher-item").first(), "the switcher waits for the chunk").toBeVisible();
  await page.keyboard.press("Escape");
  await asked;
  await page.getByRole("link", { name: "Settings", exact: true }).first().click();
  await expect(page).toHaveURL(`/${IT}/settings/general`);
  await expect(page.locator("[aria-busy=true]").first(), "nothing stands in the page's place").toBeVisible();
  release();
  await expect(page.getByRole("textbox", { name: "Name" }), "the page does not come with its chunk").toBeVisible();
});

test("a page whose chunk can't be had says so, and Try again brings it", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await open(page, `/${IT}/customers`);
  await page.getByTestId("row").first().getByRole("link").first().click();
  await expect(page.getByText("This page didn’t load")).toBeVisible();
  await expect(page.getByTestId("workspace-name"), "the console is gone").toHaveText("IT");
  await page.unroute(CHUNK);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("This page didn’t load")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("so does a page of the account, which keeps its frame", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await open(page, `/${IT}/customers`);
  await page.getByTestId("profile-menu").click();
  await page.getByRole("link", { name: "Sessions" }).click();
  await expect(page).toHaveURL("/account/sessions");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This page didn’t load");
  await expect(page.getByTestId("profile-menu"), "there is no way elsewhere").toBeVisible();
  await page.unroute(CHUNK);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();
});

test("a document of the chunk's pages works without it as it does without JavaScript", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await page.goto("/account/profile");
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toHaveValue("Ada Moreau");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page).toHaveURL(/saved=name/);
  await expect(name).toHaveValue("Ada Moreau");
});

test("the picker's document leads into a workspace without the chunk", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await page.goto("/home");
  await page.getByRole("main").getByRole("link", { name: /^IT/ }).first().click();
  await expect(page.getByTestId("workspace-name")).toHaveText("IT");
});
