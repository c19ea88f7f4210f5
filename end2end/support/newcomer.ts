// Signs up new people, and removes them after the test.
import { type APIRequestContext, type Page } from "@playwright/test";
import { call } from "./calls";
import { sql } from "./facts";
import { linkIn, mailTo, mailsTo } from "./mailbox";

/** A password that the rules accept. */
export const GOOD_PASSWORD = "seven wet paper lanterns";

let count = 0;

/** Returns an unused address, because rate limits count per address. */
export const freshEmail = (prefix: string): string => `${prefix}-${process.pid}-${++count}@new.example`;

/** Returns an unknown address as long as `email`, because the size of an answer depends on the length of typed text. */
export function nobodyLike(email: string): string {
  const [local, domain] = email.split("@");
  // No address of the demo starts with a digit.
  const digits = Array.from(local, () => Math.floor(Math.random() * 10)).join("");
  return `${digits}@${domain}`;
}

/** Requests a sign-up link, and returns its path. */
export async function signUpLink(request: APIRequestContext, email: string, next = ""): Promise<string> {
  const before = mailsTo(email).length;
  const answer = await call(request, "ask_sign_up", { email, next });
  if (answer.status() !== 200) throw new Error(`asking for a link answers ${answer.status()}: ${await answer.text()}`);
  return linkIn(await mailTo(email, before), "/sign-up/");
}

/** Signs up a person by HTTP. Afterwards `request` has their session cookie. */
export async function signUp(request: APIRequestContext, email: string, name: string, password = GOOD_PASSWORD): Promise<string> {
  const token = (await signUpLink(request, email)).split("/").pop();
  const answer = await call(request, "sign_up", { token, name, password });
  if (answer.status() !== 200) throw new Error(`signing up answers ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as string;
}

/** Submits the sign-in form on the open page with any password. */
export async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await page.click("button[type=submit]");
}

/** Removes the people of `new.example` and all their data. */
export async function forgetNewcomers(): Promise<void> {
  const them = "(select id from account.users where email like '%@new.example')";
  const theirs = `(select organization_id from account.organization_members where user_id in ${them})`;
  const places = `(select id from account.workspaces where organization_id in ${theirs})`;
  const tables = await sql<{ name: string }>(
    "select format('%I.%I', table_schema, table_name) as name from information_schema.columns where table_schema in ('account', 'workspace') and column_name = 'workspace_id'",
  );
  // The statements below run without constraints and triggers, so their order does not matter.
  const statements = [
    ...tables.map(({ name }) => `delete from ${name} where workspace_id in ${places}`),
    `delete from account.workspaces where id in ${places}`,
    `create temporary table gone as select organization_id as id from account.organization_members where user_id in ${them}`,
    "delete from account.organization_audit_log where organization_id in (select id from gone)",
    "delete from account.organization_members where organization_id in (select id from gone)",
    "delete from account.organizations where id in (select id from gone)",
    ...(await sql<{ name: string }>(
      "select format('%I.%I', table_schema, table_name) as name from information_schema.columns where table_schema = 'account' and column_name = 'user_id'",
    )).map(({ name }) => `delete from ${name} where user_id in ${them}`),
    `delete from account.users where id in ${them}`,
    "delete from account.mail_links where email like '%@new.example'",
  ];
  await sql(`do $do$ begin set local session_replication_role = replica; ${statements.map((s) => `${s};`).join(" ")} drop table gone; end $do$`);
}
