// Smoke test: signing in works.
import { expect, test } from "@playwright/test";
import { signIn } from "../support/people";

test("a person signs in and sees their workspaces", async ({ page }) => {
  await signIn(page, "ada@smartai.example");
  await expect(page.getByTestId("picker-row")).toHaveCount(3);
});
