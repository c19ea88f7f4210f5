// Passkeys: added by name, signing in without a password, standing for both factors, removed; each challenge once
// (issue 3, item 9; security.md T-26). Chromium makes the authenticator up.
import { expect, test, type Page } from "@playwright/test";
import { NAMED, addPasskey, authenticator, demand, enterCode, forgetFactors, passwordOf } from "../support/factors";
import { IT, value } from "../support/facts.passkeys";
import { live } from "../support/people";
import { send } from "../support/raw";

const MIA = "mia@smartai.example";
const VIK = "vik@smartai.example";
test.use({ baseURL: NAMED });
test.afterEach(async () => {
  await forgetFactors(MIA);
  await forgetFactors(VIK);
  await demand(IT, false);
});

async function signedIn(page: Page, who: string): Promise<void> {
  await passwordOf(page, who, "/account/security", NAMED);
  await page.waitForURL(`${NAMED}/account/security`);
  await live(page);
}

async function signOut(page: Page): Promise<void> {
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("sign-out").click();
  await page.waitForURL(/\/sign-in/);
  await live(page);
}
