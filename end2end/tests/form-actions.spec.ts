// Actions of forms: a form does only the action that it names. A post with a missing, unknown, empty, repeated or
// misspelt action is refused with 422 on every page and changes nothing. The tests collect the forms from the pages.
import { type Page, expect, test } from "@playwright/test";
import { FINANCE, IT, customersOf, sql } from "../support/facts";
import { forgetCatalogue, makePlan } from "../support/made";
import { contextOf } from "../support/people";
import { send, sessionOf } from "../support/raw";
import { BASE } from "../support/server";

const ADA = "ada@smartai.example";
/** A plan with a draft. */
const PLAN = "Plan of form actions";
test.afterEach(() => forgetCatalogue(PLAN));

/** Forms that may omit the action, because their address names it. */
const MAY_BE_SILENT = ["/", "/sign-in", "/sign-up", "/reset", "/sign-out"];

/** Sums up every row of every table, except records that each request may write. */
async function everything(): Promise<string> {
  const tables = await sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('account', 'workspace')
       and tablename not in ('sessions', 'events', 'factor_tries', 'mail_queue') order by 1`,
  );
  const sums = tables.map(({ name }) => `select '${name}' as name, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum from ${name} t`);
  const live = await sql("select count(*)::text as live from account.sessions where ended_at is null");
  return JSON.stringify([await sql(`${sums.join(" union all ")} order by name`), live]);
}

interface Found {
  page: string;
  /** The address that the form posts to. */
  to: string;
  fields: [string, string][];
  /** The actions that its hidden field or its buttons name. */
  actions: string[];
}

/** Lists the forms of the page that post. */
async function formsOf(page: Page, path: string): Promise<Found[]> {
  await page.goto(path);
  return page.evaluate((path) => {
    const forms = [...document.querySelectorAll<HTMLFormElement>("form")].filter((form) => form.method === "post");
    return forms.map((form) => {
      const controls = [...form.elements] as (HTMLInputElement | HTMLButtonElement)[];
      const named = controls.filter((control) => control.name === "action");
      const fields = controls.filter((control) => control.name && control.name !== "action" && control.type !== "file");
      return {
        page: path,
        to: new URL(form.getAttribute("action") || location.href, location.href).pathname,
        fields: fields.map((control) => [control.name, control.value] as [string, string]),
        actions: named.map((control) => control.value),
      };
    });
  }, path);
}

test("every form names its action, and no other action is accepted", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  const [customer] = await customersOf(IT);
  const [product] = await sql("select p.id from workspace.products p join account.workspaces w on w.id = p.workspace_id where w.slug = $1 limit 1", [IT]);
  const plan = { id: await makePlan(IT, PLAN) };
  const [published] = await sql(
    `select p.id from workspace.rate_plans p join account.workspaces w on w.id = p.workspace_id
     where w.slug = $1 and p.name <> $2 order by p.id limit 1`,
    [IT, PLAN],
  );
  const [meter] = await sql("select m.id, m.product_id from workspace.meters m join account.workspaces w on w.id = m.workspace_id where w.slug = $1 limit 1", [IT]);
  const [organization] = await sql("select id from account.organizations where name = 'SmartAI'");
  // An import without its file shows its forms, too.
  const [file] = await sql(
    `insert into workspace.imports (workspace_id, id, name, bytes, file_sha256, state, created_by)
     select w.id, gen_random_uuid(), 'Forms.csv', 1, sha256('a'), 'uploaded', u.id from account.workspaces w, account.users u
     where w.slug = $1 and u.email = $2 returning id`,
    [IT, ADA],
  );
  const [subscription] = await sql(
    "select s.id from workspace.subscriptions s join account.workspaces w on w.id = s.workspace_id where w.slug = $1 and s.ends_on is null limit 1", [IT]);
  const invoiceOf = (state: string) =>
    sql("select i.id from workspace.invoices i join account.workspaces w on w.id = i.workspace_id where w.slug = $1 and i.status = $2 and i.kind = 'invoice' limit 1", [IT, state]);
  const [[draft], [issued]] = [await invoiceOf("draft"), await invoiceOf("open")];
  const inside = [
    `customers/${customer.id}/contacts/new`, `customers/${customer.id}/subscriptions/new`, `customers/${customer.id}/usage/adjust`, `subscriptions/${subscription.id}`,
    ...["plan", "seats", "end"].map((kind) => `subscriptions/${subscription.id}/change?kind=${kind}`),
    "customers/new", `customers/${customer.id}`, `customers/${customer.id}/edit`, "products/new", `products/${product.id}`, `products/${product.id}/edit`,
    `products/${meter.product_id}`, `products/${meter.product_id}/meters/new`, `products/${meter.product_id}/meters/${meter.id}/edit`,
    "rate-plans/new", `rate-plans/${published.id}`, `rate-plans/${plan.id}`, `rate-plans/${plan.id}/details`, `rate-plans/${plan.id}/edit`, `rate-plans/${plan.id}/publish`,
    "usage/import", `usage/import/${file.id}`, `usage/import/${file.id}/mapping`,
    "settings/general", "settings/branding", "settings/members", "settings/security", "settings/keys", "settings/webhooks", "settings/invoicing", "settings/danger", "invoices/due", "invoices/new", `invoices/${draft.id}`, `invoices/${issued.id}`, `invoices/${issued.id}/credit`,
  ].map((path) => `/${IT}/${path}`);
  const own = ["/home", "/new", "/welcome", "/account/profile", "/account/preferences", "/account/sessions", "/account/security", "/account/tokens", "/no-such-workspace"];
  const organizations = ["members", "invites", "domains"].map((name) => `/org/${organization.id}/${name}`);
  const found: Found[] = [];
  for (const path of [...inside, ...own, ...organizations]) found.push(...(await formsOf(page, path)));
  const stranger = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false });
  const outside = await stranger.newPage();
  for (const path of ["/sign-in", "/sign-up", "/reset"]) found.push(...(await formsOf(outside, path)));
  await stranger.close();
  // The session of the pages: a grant is valid only in the session that it was issued to.
  const session = (await context.cookies()).find(({ name }) => /^(__Host-)?stile(-\d+)?$/.test(name));
  const cookie = `${session?.name}=${session?.value}`;
  await context.close();

  expect(found.length, "too few forms were found").toBeGreaterThan(30);
  for (const form of found) {
    expect(form.actions.length, `a form of ${form.page} that posts to ${form.to} names no action`).toBeGreaterThan(0);
    expect(new Set(form.actions).size, `a form of ${form.page} names an action twice`).toBe(form.actions.length);
  }

  const headers = { cookie, origin: BASE, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" };
  const post = (form: Found, actions: string[]) => {
    const body = new URLSearchParams([...form.fields, ...actions.map((value) => ["action", value] as [string, string])]).toString();
    return fetch(`${BASE}${form.to}`, { method: "POST", headers, body, redirect: "manual" });
  };
  const before = await everything();
  const seen = new Set<string>();
  for (const form of found) {
    const key = `${form.to} ${form.actions}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [action] = form.actions;
    const bad: [string, string[]][] = [
      ["none", []],
      ["an empty one", [""]],
      ["an unknown one", ["no-such-thing"]],
      ["one in capitals", [action.toUpperCase()]],
      ["one with a space", [`${action} `]],
      ["the same twice", [action, action]],
      ["two", [action, "no-such-thing"]],
    ];
    for (const [what, actions] of bad) {
      if (actions.length === 0 && MAY_BE_SILENT.includes(form.to)) continue;
      const answer = await post(form, actions);
      const expected = form.to === "/no-such-workspace" ? [404] : [422];
      expect(expected, `${form.to} of ${form.page} with ${what} instead of ${action}: ${answer.status}`).toContain(answer.status);
    }
  }
  expect(await everything(), "a refused form changed something").toBe(before);

  const path = `/${IT}/customers/${customer.id}`;
  const ofStatus = found.find((form) => form.page === path && ["archive", "restore"].includes(form.actions[0]));
  if (!ofStatus) throw new Error(`${path} has no form that archives or restores`);
  const [{ status }] = await sql("select status from workspace.customers where id = $1", [customer.id]);
  try {
    expect((await post(ofStatus, [ofStatus.actions[0]])).status, "control: its own action is accepted").toBe(303);
    expect(await everything(), "control: a change is found").not.toBe(before);
  } finally {
    await sql("delete from workspace.imports where id = $1", [file.id]);
    await sql("update workspace.customers set status = $2 where id = $1", [customer.id, status]);
  }
});

test("a page without a form, or with another form, refuses a post, which does not count as a visit", async () => {
  const cookie = await sessionOf(ADA);
  const headers = { cookie, origin: BASE, "sec-fetch-site": "same-origin" };
  const [customer] = await sql(
    `select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id
     where w.slug = $1 and c.status = 'active' order by c.id limit 1`,
    [IT],
  );
  // With a grant of this workspace, where Ada may edit, and valid fields: only the action is wrong.
  const grant = /name="grant" value="([^"]+)"/.exec((await send("GET", `/${IT}/customers/new`, { headers })).body)?.[1] ?? "";
  const valid = { grant, name: "Changed", email: "changed@example.com", country: "DE", note: "", code: "changed", description: "" };
  await send("GET", `/${FINANCE}/overview`, { headers });
  const before = await everything();
  for (const path of ["overview", "customers", "products", "rate-plans", "usage", "usage/events", "invoices", "settings/audit"]) {
    for (const form of [{}, { action: "archive" }, { action: "save" }] as Record<string, string>[]) {
      const answer = await send("POST", `/${IT}/${path}`, { headers, form: { ...valid, ...form } });
      expect(answer.status, `status of /${IT}/${path} with ${JSON.stringify(form)}`).toBe(422);
    }
  }
  for (const [path, action] of [["customers/new", "archive"], ["products/new", "restore"], ["rate-plans/new", "create"], [`customers/${customer.id}`, "save"], [`customers/${customer.id}/edit`, "archive"]]) {
    const answer = await send("POST", `/${IT}/${path}`, { headers, form: { ...valid, action } });
    expect(answer.status, `status of /${IT}/${path} with the action ${action} of another page`).toBe(422);
  }
  expect(await everything(), "a refused form changed something, or counted as a visit").toBe(before);
  try {
    const answer = await send("POST", `/${IT}/customers/${customer.id}`, { headers, form: { ...valid, action: "archive" } });
    expect(answer.status, "control: the action of the page is accepted").toBe(303);
    expect(await everything(), "control: a change is found").not.toBe(before);
  } finally {
    await sql("update workspace.customers set status = 'active' where id = $1", [customer.id]);
  }
});

test("an archived customer stays archived after a post without a valid action, and the restore action restores it", async () => {
  const cookie = await sessionOf(ADA);
  const headers = { cookie, origin: BASE, "sec-fetch-site": "same-origin" };
  const [customer] = await customersOf(IT);
  const path = `/${IT}/customers/${customer.id}`;
  const grant = /name="grant" value="([^"]+)"/.exec((await send("GET", path, { headers })).body)?.[1] ?? "";
  const status = async () => (await sql("select status from workspace.customers where id = $1", [customer.id]))[0].status;
  const [{ status: original }] = await sql("select status from workspace.customers where id = $1", [customer.id]);
  try {
    expect((await send("POST", path, { headers, form: { grant, action: "archive" } })).status).toBe(303);
    expect(await status()).toBe("archived");
    for (const form of [{ grant }, { grant, action: "" }, { grant, action: "Archive" }, { grant, action: "activate" }] as Record<string, string>[]) {
      expect((await send("POST", path, { headers, form })).status, JSON.stringify(form)).toBe(422);
      expect(await status()).toBe("archived");
    }
    expect((await send("POST", path, { headers, form: { grant, action: "restore" } })).status, "control: the restore action is accepted").toBe(303);
    expect(await status()).not.toBe("archived");
  } finally {
    await sql("update workspace.customers set status = $2 where id = $1", [customer.id, original]);
  }
});

test("a form that says neither on nor off does not turn off the requirement of a second factor", async () => {
  const cookie = await sessionOf(ADA);
  const headers = { cookie, origin: BASE, "sec-fetch-site": "same-origin" };
  const path = `/${IT}/settings/security`;
  const grant = /name="grant" value="([^"]+)"/.exec((await send("GET", `/${IT}/customers/new`, { headers })).body)?.[1] ?? "";
  for (const form of [{}, { demand: "" }, { demand: "On" }, { demand: "no" }] as Record<string, string>[]) {
    expect((await send("POST", path, { headers, form: { grant, action: "demand", ...form } })).status, JSON.stringify(form)).toBe(422);
  }
  expect((await send("POST", path, { headers, form: { grant, action: "demand", demand: "off" } })).status, "control: the value off is accepted").toBe(303);
});
