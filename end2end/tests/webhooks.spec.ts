// Webhooks: messages are signed as the Standard Webhooks specification says, verified here by a library that is not
// ours; they are sent once, repeated, redelivered with the same id, and never to an address that is not public
// (docs/SECURITY.md, I-30 and I-31).
import { randomUUID } from "node:crypto";
import { type APIRequestContext, type BrowserContext, expect, test } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { call, grantOf } from "../support/calls";
import { IT, sql, workspaceOf } from "../support/facts";
import { fresh, register } from "../support/invites";
import { mailTo } from "../support/mailbox";
import { makePlan } from "../support/made";
import { contextOf, live } from "../support/people";
import { send } from "../support/raw";
import { Receiver, addWebhook } from "../support/receiver";
import { type Shop, openShop } from "../support/shop";
import { tokenOf } from "../support/tokens";

let shop: Shop;
let receiver: Receiver;
let owner: BrowserContext;

test.beforeEach(async ({ browser }) => {
  shop = await openShop("webhooks");
  receiver = await Receiver.start();
  owner = await contextOf(browser, shop.owner);
});

test.afterEach(async () => {
  await owner.close();
  await receiver.stop();
  await sql("delete from workspace.webhooks where workspace_id = $1", [shop.id]);
});

/** Creates a webhook, and returns its id and secret. */
async function create(request: APIRequestContext, url: string, input: Record<string, string> = {}): Promise<{ id: string; secret: string }> {
  const answer = await call(request, "create_webhook", {
    workspace: shop.slug, grant: await grantOf(request, shop.slug), input: { url, description: "", subscription_changed: "on", ...input },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const [{ id }] = await sql("select id from workspace.webhooks where workspace_id = $1 order by id desc limit 1", [shop.id]);
  return { id, secret: (await answer.json()) as string };
}

async function act(request: APIRequestContext, id: string, act: unknown): Promise<number> {
  return (await call(request, "act_on_webhook", { workspace: shop.slug, grant: await grantOf(request, shop.slug), id, act })).status();
}

const delivery = async (webhook: string) =>
  (await sql<{ id: string; state: string; status: number | null; attempt: number; problem: string; excerpt: string }>(
    "select id, state, status, attempt, problem, excerpt from workspace.webhook_deliveries where webhook_id = $1 order by id desc limit 1", [webhook]))[0];

/** Makes waiting messages due. */
async function hurry(): Promise<void> {
  await sql("update workspace.webhook_deliveries set next_at = now() where workspace_id = $1 and state = 'waiting'", [shop.id]);
  await sql("insert into account.due_jobs (id, workspace_id, job, due_at) values (gen_random_uuid(), $1, 'deliver', now())", [shop.id]);
}

for (const javaScriptEnabled of [true, false]) {
  test(`a webhook is made, tested, rotated, turned off and deleted, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    const ready = () => (javaScriptEnabled ? live(page) : Promise.resolve());
    await page.goto(`/${shop.slug}/settings/webhooks`);
    await ready();
    await page.fill("[name=url]", "https://user@hooks.example.com/");
    await page.fill("[name=description]", "Ledger");
    await page.getByRole("button", { name: "Create webhook" }).click();
    await expect(page.locator("#url-error")).toContainText("Remove the user name");
    await expect(page.locator("#events-error")).toContainText("at least one event");
    await expect(page.locator("[name=description]"), "the typed text is lost").toHaveValue("Ledger");
    await page.fill("[name=url]", receiver.url());
    await page.getByRole("checkbox", { name: /import.done/ }).check();
    await page.getByRole("button", { name: "Create webhook" }).click();
    const secret = (await page.getByTestId("webhook-secret").textContent()) ?? "";
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await expect(page.getByTestId("row")).toContainText("Ledger");
    await page.goto(`/${shop.slug}/settings/webhooks`);
    expect(await page.content(), "the secret is shown again").not.toContain(secret);
    await ready();

    await page.getByRole("link", { name: "Ledger" }).click();
    await expect(page.getByTestId("webhook-name")).toHaveText("Ledger");
    await page.getByRole("button", { name: "Send test" }).click();
    await expect.poll(() => receiver.messages.length, "no test message arrives").toBe(1);
    const [message] = receiver.messages;
    new Webhook(secret).verify(message.body, message.headers);
    expect(JSON.parse(message.body)).toMatchObject({ type: "webhook.test", data: { workspace: shop.id } });
    await expect.poll(async () => (await sql("select state from workspace.webhook_deliveries where workspace_id = $1", [shop.id]))[0]?.state).toBe("delivered");
    await page.reload();
    await ready();
    await expect(page.getByTestId("delivery")).toContainText("Delivered (204)");
    await page.getByTestId("delivery").getByText("webhook.test").first().click();
    await expect(page.getByTestId("body")).toHaveText(message.body);

    await page.getByRole("button", { name: "Redeliver" }).click();
    await expect.poll(() => receiver.messages.length).toBe(2);
    expect(receiver.messages[1].headers["webhook-id"]).toBe(message.headers["webhook-id"]);
    expect(receiver.messages[1].body).toBe(message.body);

    await page.getByRole("button", { name: "Rotate secret" }).click();
    const rotated = (await page.getByTestId("webhook-secret").textContent()) ?? "";
    expect(rotated).not.toBe(secret);
    await page.getByRole("button", { name: "Send test" }).click();
    await expect.poll(() => receiver.messages.length).toBe(3);
    for (const valid of [secret, rotated]) new Webhook(valid).verify(receiver.messages[2].body, receiver.messages[2].headers);

    await page.fill("[name=description]", "Books");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByTestId("webhook-name")).toHaveText("Books");
    await page.getByRole("button", { name: "Turn off" }).click();
    await expect(page.getByRole("button", { name: "Send test" })).toHaveCount(0);
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByRole("button", { name: "Send test" })).toHaveCount(1);
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("heading", { name: "New webhook" })).toBeVisible();
    await expect(page.getByTestId("row")).toHaveCount(0);
    await context.close();
  });
}

test("a changed subscription is told in a signed message that names it and nothing else", async ({ browser }) => {
  const { secret } = await create(owner.request, receiver.url());
  const token = await tokenOf(browser, shop.owner, "webhooks");
  const plan = await makePlan(shop.slug, "Team");
  await sql(
    `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, model, timing, fee_minor)
     select workspace_id, $2, 1, 0, 'Base fee', id, 'fee', 'advance', 2000 from workspace.products where workspace_id = $1`, [shop.id, plan]);
  await sql("update workspace.rate_plan_versions set state = 'published', published_at = now() where plan_id = $1", [plan]);
  const path = `/api/v1/workspaces/${shop.slug}/customers/${shop.customer}/subscriptions`;
  const made = await send("POST", path, { headers: { authorization: `Bearer ${token}` }, json: { rate_plan_id: plan, starts_on: "2026-03-01", seats: 1 } });
  expect(made.status, made.body).toBe(201);
  await expect.poll(() => receiver.messages.length, "no message arrives").toBe(1);
  const [{ headers, body }] = receiver.messages;
  const told = new Webhook(secret).verify(body, headers) as Record<string, unknown>;
  expect(told).toEqual({ type: "subscription.changed", timestamp: expect.stringMatching(/^\d{4}-.*Z$/), data: { id: JSON.parse(made.body).id, workspace: shop.id } });
  expect([headers["content-type"], headers["user-agent"]]).toEqual(["application/json", expect.stringMatching(/^Stile\//)]);
  const changed = body.replace("changed", "ended");
  expect(() => new Webhook(secret).verify(changed, headers), "control: another body is not accepted").toThrow();
});

test("a message is repeated with the same id until it is accepted, and a redirect is not followed", async () => {
  const elsewhere = await Receiver.start();
  const { id, secret } = await create(owner.request, receiver.url());
  receiver.reply = (_, response) => void response.writeHead(307, { location: elsewhere.url() }).end("moved");
  expect(await act(owner.request, id, "test")).toBe(200);
  await expect.poll(async () => (await delivery(id)).status).toBe(307);
  expect(await delivery(id)).toMatchObject({ state: "waiting", attempt: 1, excerpt: "moved" });
  receiver.reply = (_, response) => void response.writeHead(500).end("x".repeat(100_000));
  await hurry();
  await expect.poll(async () => (await delivery(id)).status).toBe(500);
  expect((await delivery(id)).excerpt).toHaveLength(1024);
  receiver.reply = (_, response) => void response.writeHead(200).end("ok");
  await hurry();
  await expect.poll(async () => (await delivery(id)).state).toBe("delivered");
  expect(new Set(receiver.messages.map((message) => message.headers["webhook-id"])).size, "the id changes").toBe(1);
  expect(receiver.messages).toHaveLength(3);
  for (const { body, headers } of receiver.messages) new Webhook(secret).verify(body, headers);
  expect(elsewhere.messages, "the redirect was followed").toEqual([]);
  await elsewhere.stop();
});

test("addresses that are not public are never reached", async () => {
  for (const url of [
    "https://10.0.0.1/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data", "https://127.0.0.2/", `http://[::1]:${receiver.port}/`,
    `http://0.0.0.0:${receiver.port}/`, "http://[::ffff:10.0.0.1]/", "http://100.64.0.1/", "https://[fd00:ec2::254]/", "http://8.8.8.8/",
  ]) {
    const { id } = await create(owner.request, url);
    expect(await act(owner.request, id, "test")).toBe(200);
    await expect.poll(async () => (await delivery(id))?.attempt, url).toBe(1);
    await expect.poll(async () => (await delivery(id)).problem, url).toBe("The host’s address is not public, so nothing was sent.");
    await act(owner.request, id, "delete");
  }
  expect(receiver.messages).toEqual([]);
  const { id } = await create(owner.request, receiver.url());
  expect(await act(owner.request, id, "test")).toBe(200);
  await expect.poll(() => receiver.messages.length, "control: an allowed address").toBe(1);
});

test("a receiver that never answers delays no other", async () => {
  const silent = await Receiver.start();
  silent.reply = () => {};
  const dead = await create(owner.request, silent.url());
  for (let i = 0; i < 5; i++) expect(await act(owner.request, dead.id, "test")).toBe(200);
  await expect.poll(() => silent.messages.length).toBeGreaterThan(0);
  const { id } = await create(owner.request, receiver.url());
  const begun = Date.now();
  expect(await act(owner.request, id, "test")).toBe(200);
  await expect.poll(() => receiver.messages.length, { intervals: [20] }).toBe(1);
  expect(Date.now() - begun, "it waited for the other receiver").toBeLessThan(5_000);
  await expect.poll(async () => (await sql("select count(*)::int as n from workspace.webhook_deliveries where webhook_id = $1 and problem like '%10 seconds%'", [dead.id]))[0].n, { timeout: 30_000 }).toBeGreaterThan(0);
  await silent.stop();
});

test("after five days without success a webhook is turned off, and those who manage settings are told", async () => {
  receiver.reply = (_, response) => void response.writeHead(503).end();
  const { id } = await create(owner.request, receiver.url());
  await sql("update account.users set email_verified_at = now() where email = $1", [shop.owner]);
  expect(await act(owner.request, id, "test")).toBe(200);
  await expect.poll(async () => (await delivery(id)).status).toBe(503);
  await sql("update workspace.webhooks set failing_since = now() - interval '6 days' where id = $1", [id]);
  await hurry();
  const mail = await mailTo(shop.owner);
  expect(mail.subject).toContain("was turned off");
  expect(mail.text).toContain(`/${shop.slug}/settings/webhooks/${id}`);
  expect((await sql("select state from workspace.webhooks where id = $1", [id]))[0].state).toBe("off");
  const page = await owner.newPage();
  await page.goto(`/${shop.slug}/settings/audit`);
  await expect(page.getByRole("row").filter({ hasText: "Turned off webhook" })).toContainText("Stile");
});

test("only owners and admins manage webhooks, and those of another workspace are as if absent", async ({ browser }) => {
  const { id } = await create(owner.request, receiver.url());
  const foreign = await addWebhook((await workspaceOf(IT)).id, "Foreign webhook");
  for (const role of ["admin", "billing_admin", "member", "viewer", "guest"]) {
    const email = await register(fresh(`hooks-${role.replace("_", "-")}`), role);
    await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, $3 from account.users where email = $2", [shop.id, email, role]);
    const theirs = await contextOf(browser, email);
    const page = await theirs.newPage();
    for (const path of ["webhooks", `webhooks/${id}`]) {
      await page.goto(`/${shop.slug}/settings/${path}`);
      await expect(page.getByTestId("why-not"), `${role} on ${path}`).toHaveCount(role === "admin" ? 0 : 1);
      expect((await page.content()).includes(receiver.url()), `${role} reads ${path}`).toBe(role === "admin");
    }
    expect(await act(theirs.request, id, "test"), role).toBe(role === "admin" ? 200 : 403);
    const token = await tokenOf(browser, email, "webhooks");
    const listed = await send("GET", `/api/v1/workspaces/${shop.slug}/webhooks`, { headers: { authorization: `Bearer ${token}` } });
    expect(listed.status, role).toBe(role === "admin" ? 200 : 403);
    await theirs.close();
  }
  expect(await act(owner.request, foreign, "test")).toBe(404);
  const [theirs, none] = await Promise.all([foreign, randomUUID()].map(async (webhook) => (await owner.request.get(`/${shop.slug}/settings/webhooks/${webhook}`)).status()));
  expect(theirs).toBe(none);
  await sql("delete from workspace.webhooks where id = $1", [foreign]);
});

test("webhooks and deliveries by the API", async ({ browser }) => {
  const token = await tokenOf(browser, shop.owner, "webhooks");
  const ask = async (method: string, path: string, json?: unknown, more: Record<string, string> = {}) => {
    const answer = await send(method, `/api/v1/workspaces/${shop.slug}/webhooks${path}`, { headers: { authorization: `Bearer ${token}`, ...more }, json });
    return { status: answer.status, body: answer.body ? JSON.parse(answer.body) : undefined, headers: answer.headers };
  };
  const bad = await ask("POST", "", { url: "ftp://a.example", events: ["import.done"] });
  expect([bad.status, bad.body.errors[0].pointer]).toEqual([422, "/url"]);
  expect((await ask("POST", "", { url: receiver.url(), events: ["no.such"] })).status).toBe(422);
  const key = { "idempotency-key": "webhook-1" };
  const made = await ask("POST", "", { url: receiver.url(), description: "API", events: ["import.done"] }, key);
  expect([made.status, made.body.state, made.body.events]).toEqual([201, "on", ["import.done"]]);
  const secret: string = made.body.secret;
  expect(secret).toMatch(/^whsec_/);
  const again = await ask("POST", "", { url: receiver.url(), description: "API", events: ["import.done"] }, key);
  expect([again.status, again.body.code], "the answer with the secret is kept").toEqual([409, "answer_lost"]);
  const [{ kept }] = await sql("select count(*)::text as kept from account.idempotency_keys where position(convert_to($1, 'UTF8') in coalesce(body, '')) > 0", [secret]);
  expect(kept).toBe("0");
  const id: string = made.body.id;
  const listed = await ask("GET", "");
  expect(listed.body.items.map((one: { id: string }) => one.id)).toEqual([id]);
  expect(JSON.stringify(listed.body)).not.toContain("whsec_");
  const read = await ask("GET", `/${id}`);
  expect((await ask("PATCH", `/${id}`, { description: "x" }, { "if-match": "\"other\"" })).status).toBe(412);
  const patched = await ask("PATCH", `/${id}`, { events: ["subscription.ended"], description: null }, { "if-match": read.headers.etag });
  expect([patched.status, patched.body.events, patched.body.description, patched.body.url]).toEqual([200, ["subscription.ended"], "", receiver.url()]);
  expect((await ask("POST", `/${id}/test`)).status).toBe(202);
  await expect.poll(async () => (await ask("GET", `/${id}/deliveries`)).body.items[0]?.state).toBe("delivered");
  const [sent] = (await ask("GET", `/${id}/deliveries`)).body.items;
  expect([sent.type, sent.status, sent.attempts, sent.message]).toEqual(["webhook.test", 204, 1, receiver.messages[0].headers["webhook-id"]]);
  expect((await ask("GET", `/${id}/deliveries/${sent.id}`)).body.body).toBe(receiver.messages[0].body);
  expect((await ask("POST", `/${id}/deliveries/${sent.id}/redeliver`)).status).toBe(202);
  await expect.poll(() => receiver.messages.length).toBe(2);
  const rotated = await ask("POST", `/${id}/rotate`);
  expect(rotated.body.secret).not.toBe(secret);
  expect(rotated.body.rotating_until).not.toBeNull();
  expect((await ask("PATCH", `/${id}`, { enabled: false })).body.state).toBe("off");
  const refused = await ask("POST", `/${id}/test`);
  expect([refused.status, refused.body.errors[0].detail]).toEqual([422, "The webhook is off. Turn it on first."]);
  for (const path of [`/${randomUUID()}`, `/${id}/deliveries/${randomUUID()}`]) expect((await ask("GET", path)).status, path).toBe(404);
  expect((await ask("DELETE", `/${id}`)).status).toBe(204);
  expect((await ask("GET", `/${id}`)).status).toBe(404);
});
