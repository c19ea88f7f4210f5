// Second factors: codes of an authenticator app, a virtual authenticator in Chromium, and cleanup.
import { createHmac } from "node:crypto";
import { type BrowserContext, type CDPSession, type Page, expect } from "@playwright/test";
import { sql } from "./facts";
import { PASSWORD, live } from "./people";
import { PORT, cookieAt } from "./server";

/** URL of the server with a host name, because passkeys do not work on an IP address. */
export const NAMED = `http://localhost:${PORT}`;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Returns the code of an authenticator app for a secret in base 32 (RFC 6238), `drift` steps from now. */
export function codeOf(secret: string, drift = 0): string {
  const bits = [...secret.replace(/\s/g, "")].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + drift));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Returns an unused code. Does not wait for the next step, but resets the last used step in the database. */
export async function freshCode(who: string, secret: string): Promise<string> {
  await sql("update account.totp set last_step = 0 where user_id = (select id from account.users where email = $1)", [who]);
  return codeOf(secret);
}

/** Removes all second factors, attempts and challenges of a person. */
export async function forgetFactors(who: string): Promise<void> {
  const [{ id }] = await sql("select id from account.users where email = $1", [who]);
  for (const table of ["totp", "recovery_codes", "passkeys", "challenges", "factor_tries", "sign_ins"]) {
    await sql(`delete from account.${table} where user_id = $1`, [id]);
  }
  await sql("update account.preferences set factor_asked = 'sign_in' where user_id = $1", [id]);
}

/** Sets in the database whether a workspace demands a second factor. */
export async function demand(slug: string, on: boolean): Promise<void> {
  await sql("update account.workspaces set demands_factor = $2 where slug = $1", [slug, on]);
}

/** Sets up an authenticator app on the open page. Returns its secret and the recovery codes. */
export async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.fill("[name=password] >> nth=0", PASSWORD);
  await page.getByRole("button", { name: "Set up authenticator app" }).click();
  const secret = (await page.getByTestId("totp-secret").textContent()) ?? "";
  expect(secret.replace(/\s/g, ""), "the secret is 160 bits in base 32").toMatch(/^[A-Z2-7]{32}$/);
  await page.fill("#app-code", codeOf(secret));
  await page.getByRole("button", { name: "Enable" }).click();
  const codes = page.getByTestId("new-codes").locator("code");
  await expect(codes).toHaveCount(10);
  return { secret, codes: await codes.allTextContents() };
}

/** Submits the sign-in form. The test has to wait for the next page. */
export async function passwordOf(page: Page, who: string, next = "/home", base = ""): Promise<void> {
  await page.goto(`${base}/sign-in?next=${encodeURIComponent(next)}`);
  await page.fill("[name=email]", who);
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Submits a code on the page that asks for it. */
export async function enterCode(page: Page, code: string): Promise<void> {
  await page.fill("#code", code);
  await page.getByRole("button", { name: "Confirm" }).click();
}

/** Returns the session cookie of a context as `name=value`. */
export async function sessionCookie(context: BrowserContext): Promise<string> {
  const cookie = (await context.cookies()).find((c) => c.name === cookieAt());
  return `${cookieAt()}=${cookie?.value ?? ""}`;
}

/**
 * Adds a virtual authenticator to a tab. Like one of a phone, it stores its keys; it confirms each request by itself.
 */
export async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

/** Adds a passkey on the open page. */
export async function addPasskey(page: Page, name: string): Promise<void> {
  await live(page);
  await page.fill("#passkey-name", name);
  const password = page.locator("#passkey-password");
  if (await password.count()) await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByTestId("passkeys").getByTestId("row").filter({ hasText: name })).toHaveCount(1);
}
