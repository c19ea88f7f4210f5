// Invites people through the members page, reads the mails, and creates people for one test.
import { expect, type Page } from "@playwright/test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "./facts";
import { open } from "./people";

/** Returns a new, unique address. */
export const fresh = (name: string): string => `${name}-${Date.now().toString(36)}${Math.floor(Math.random() * 1e6)}@smartai.example`;

/** Adds a person with a verified address and the demo's password. */
export async function register(email: string, name: string): Promise<string> {
  await sql(
    `insert into account.users (id, email, name, password_hash, email_verified_at)
     select gen_random_uuid(), $1, $2, password_hash, now() from account.users where email = 'ada@smartai.example'`,
    [email, name],
  );
  return email;
}

/** Removes all seats, roles, invites and requests of these addresses. */
export async function forgetSeats(...addresses: string[]): Promise<void> {
  const ids = "select id from account.users where email = any($1)";
  for (const statement of [
    `delete from account.workspace_members where user_id in (${ids})`,
    `delete from account.organization_members where user_id in (${ids})`,
    `delete from account.access_requests where user_id in (${ids})`,
    `delete from account.barred where user_id in (${ids})`,
    "delete from account.invite_links where invite_id in (select id from account.invites where email = any($1))",
    "delete from account.invites where email = any($1)",
  ]) await sql(statement, [addresses]);
}

/** Returns the mails to an address, decoded, oldest first. */
function mails(address: string): string[] {
  const outbox = join(process.env.STILE_E2E_DATA ?? "", "outbox");
  if (!existsSync(outbox)) return [];
  const files = readdirSync(outbox).filter((f) => f.endsWith(".eml")).map((f) => join(outbox, f));
  const sorted = files.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  const texts = sorted.map((f) => readFileSync(f, "utf8")).filter((t) => new RegExp(`^To: .*${address}`, "m").test(t));
  return texts.map((t) => t.replaceAll("=\r\n", "").replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
}

/** Waits for a mail to an address that matches `what`, and returns it. */
export async function mailTo(address: string, what: RegExp): Promise<string> {
  let found: string | undefined;
  await expect.poll(() => (found = mails(address).findLast((mail) => what.test(mail))), { message: `a mail to ${address} that says ${what}`, timeout: 15_000 }).toBeTruthy();
  return found ?? "";
}

/** Waits for the mail of an invite and returns the path of its link. */
export async function mailedLink(address: string): Promise<string> {
  const mail = await mailTo(address, /\/invite\//);
  const path = /\/invite\/[\w-]{43}/.exec(mail)?.[0];
  expect(path, "the mail carries a link").toBeTruthy();
  return path ?? "";
}

/** Invites addresses on the members page of a workspace, and waits for the result. */
export async function invite(page: Page, slug: string, emails: string, role: string): Promise<void> {
  await open(page, `/${slug}/settings/members`);
  await page.fill("[name=emails]", emails);
  await page.selectOption("#invite-role", role);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(page.getByTestId("invite-result").first()).toBeVisible();
}

/** Returns the state of the latest invite of an address. */
export async function stateOf(address: string): Promise<string> {
  const rows = await sql(
    `select case when accepted_at is not null then 'accepted' when declined_at is not null then 'declined'
       when revoked_at is not null then 'revoked' else 'open' end as state
     from account.invites where email = $1 order by created_at desc limit 1`,
    [address],
  );
  return rows[0]?.state ?? "none";
}
