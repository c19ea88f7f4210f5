// Lines of the audit log: a line describes the change and names the object by its name at that time. A change of
// nothing adds no line. The export contains every line, however many there are.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { FINANCE, IT, sql, workspaceOf } from "../support/facts";
import { forget, value } from "../support/made";
import { open } from "../support/people";
import { get, sessionOf } from "../support/raw";

const NAME = "Worded & Sons";
test.afterEach(async () => {
  await forget("Worded");
  await sql("delete from workspace.audit_log where actor = 'Worded filler'");
});

test("a line names the object by its name at that time, on the page and in the export", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  const input = { name: NAME, email: "w@b.example", country: "DE", note: "" };
  const id = await (await call(request, "act_on_customer", { workspace: IT, grant, id: null, action: { action: "save", ...input } })).json();
  const set = (action: "archive" | "restore") => call(request, "act_on_customer", { workspace: IT, grant, id, action: { action } });
  expect((await set("archive")).status()).toBe(200);
  const count = () => value("select count(*) as n from workspace.audit_log where target = $1", [id]);
  expect(await count()).toBe("2");
  // Archiving again, and saving a form without a change, change nothing.
  expect((await set("archive")).status()).toBe(200);
  expect((await call(request, "act_on_customer", { workspace: IT, grant, id, action: { action: "save", ...input } })).status()).toBe(200);
  expect(await count(), "a line was added although nothing changed").toBe("2");
  const renamed = { ...input, name: "Worded anew" };
  expect((await call(request, "act_on_customer", { workspace: IT, grant, id, action: { action: "save", ...renamed } })).status()).toBe(200);
  expect(await count()).toBe("3");
  await open(page, `/${IT}/settings/audit`);
  const rows = page.getByTestId("row").locator(".col-main");
  await expect(rows.nth(0)).toHaveText(`Edited customer ${NAME} · name: ${NAME} → Worded anew`);
  await expect(rows.nth(1)).toHaveText(`Archived customer ${NAME}`);
  await expect(rows.nth(2)).toHaveText(`Created customer ${NAME}`);
  const cookie = await sessionOf(ADA);
  const file = (await get(`/${IT}/settings/audit/export`, { cookie })).body.toString();
  expect(file).toContain(`Archived customer ${NAME}`);
  expect((await get(`/${FINANCE}/settings/audit`, { cookie })).body.toString(), "the log of another workspace contains the lines").not.toContain("Worded");
});

test("an export of more than 20,000 lines is complete", async () => {
  const { id } = await workspaceOf(IT);
  const ada = await value("select id from account.users where email = $1", [ADA]);
  await sql(
    `insert into workspace.audit_log (workspace_id, id, user_id, actor, action, detail)
     select $1, ('00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, $2, 'Worded filler', 'token_created', jsonb_build_object('name', 'filler ' || n)
     from generate_series(1, 20500) n`,
    [id, ada],
  );
  const file = await get(`/${IT}/settings/audit/export?kind=tokens`, { cookie: await sessionOf(ADA) });
  expect(file.status).toBe(200);
  const lines = file.body.toString().split("\r\n").filter((line) => line.includes("Worded filler"));
  expect(lines).toHaveLength(20_500);
  expect(new Set(lines).size).toBe(20_500);
  expect(lines[0]).toContain("Created token filler 20500");
  expect(lines.at(-1)).toContain("Created token filler 1");
});
