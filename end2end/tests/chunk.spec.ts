// The program is split in two: lists, overview and switching load first, and all other pages come in a second chunk.
// Pages that don't need the chunk never wait for it. Without the chunk, its pages report that or work as without
// JavaScript.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { open } from "../support/people";
import { rowsAreThere } from "../support/switching";

const CHUNK = "**/split_pages.wasm";

test("a list works without the chunk, which loads by itself later", async ({ as }) => {
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
  await expect(page.locator("[aria-busy=true]").first(), "no placeholder is shown while the chunk loads").toBeVisible();
  release();
  await expect(page.getByRole("textbox", { name: "Name" }), "the page does not appear after its chunk has loaded").toBeVisible();
});

test("a page whose chunk fails to load says so, and Try again loads it", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await open(page, `/${IT}/customers`);
  await page.getByTestId("row").first().getByRole("link").first().click();
  await expect(page.getByText("This page didn’t load")).toBeVisible();
  await expect(page.getByTestId("workspace-name"), "the console disappeared").toHaveText("IT");
  await page.unroute(CHUNK);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("This page didn’t load")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("an account page whose chunk fails to load says so and keeps its frame", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await open(page, `/${IT}/customers`);
  await page.getByTestId("profile-menu").click();
  await page.getByRole("link", { name: "Sessions" }).click();
  await expect(page).toHaveURL("/account/sessions");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This page didn’t load");
  await expect(page.getByTestId("profile-menu"), "the profile menu disappeared").toBeVisible();
  await page.unroute(CHUNK);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();
});

test("a document of a page in the chunk works without the chunk as without JavaScript", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await page.goto("/account/profile");
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toHaveValue("Ada Moreau");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page).toHaveURL(/saved=name/);
  await expect(name).toHaveValue("Ada Moreau");
});

test("the picker opens a workspace without the chunk", async ({ as }) => {
  const page = await as(ADA);
  await page.route(CHUNK, (route) => route.abort());
  await page.goto("/home");
  await page.getByRole("main").getByRole("link", { name: /^IT/ }).first().click();
  await expect(page.getByTestId("workspace-name")).toHaveText("IT");
});
