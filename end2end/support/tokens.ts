// Operator tokens for tests of the JSON API.
import { type Browser, expect } from "@playwright/test";
import { call } from "./calls";
import { PASSWORD, contextOf } from "./people";

/** Creates an operator token of a person by its server function. `forgetTokens` removes it by its name. */
export async function tokenOf(browser: Browser, who: string, name: string): Promise<string> {
  const context = await contextOf(browser, who);
  const made = await call(context.request, "create_token", { name, password: PASSWORD });
  expect(made.status(), await made.text()).toBe(200);
  const { secret } = await made.json();
  await context.close();
  return secret;
}
