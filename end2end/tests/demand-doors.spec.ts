// The requirement of a second factor can't be bypassed (docs/SECURITY.md, I-17). Every action that gives, changes,
// removes or restores a seat in a workspace with this requirement, or in its organization, asks the acting person for a
// factor. With a proven factor each action works.
import { type APIRequestContext, type APIResponse, type BrowserContext, expect, test } from "@playwright/test";
import { createHash, randomBytes } from "node:crypto";
import { call, grantOf } from "../support/calls";
import { demand } from "../support/factors";
import { IT, personOf, sql, workspaceOf } from "../support/facts";
import { forgetSeats, fresh, register } from "../support/invites";
import { contextOf } from "../support/people";
import { BASE } from "../support/server";

let owner = "";
let friend = "";
let organization = "";
let workspace = "";
let ofOwner: BrowserContext;
let ofFriend: BrowserContext;
let itsGrant = "";

/** Sets a person's role in the organization. */
async function enroll(email: string, role: string | null): Promise<void> {
  const ids = [organization, await personOf(email)];
  await sql("delete from account.organization_members where organization_id = $1 and user_id = $2", ids);
  if (role) await sql("insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3)", [...ids, role]);
}

async function seated(email: string, role: string | null): Promise<void> {
  const ids = [workspace, await personOf(email)];
  await sql("delete from account.workspace_members where workspace_id = $1 and user_id = $2", ids);
  if (role) await sql("insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)", [...ids, role]);
}

/** Creates an open invite for the friend and returns its id. */
async function invited(into: "workspace" | "organization"): Promise<string> {
  await forgetInvites();
  const [{ id }] = await sql(
    `insert into account.invites (id, organization_id, workspace_id, email, role, invited_by)
     values (gen_random_uuid(), $1, $2, $3, $4, $5) returning id`,
    [organization, into === "workspace" ? workspace : null, friend, "admin", await personOf(owner)],
  );
  return id;
}

async function forgetInvites(): Promise<void> {
  await sql("delete from account.invite_links where invite_id in (select id from account.invites where email = $1)", [friend]);
  await sql("delete from account.invites where email = $1", [friend]);
  // Forget the mails too, because the number of mails per day is limited.
  await sql("delete from account.caused_mails where user_id = $1", [await personOf(owner)]);
}

/** Sets in the database whether a person's sessions have proven a factor. */
const prove = async (email: string, proven: boolean) =>
  sql("update account.sessions set factor_at = case when $2 then now() end where user_id = $1", [await personOf(email), proven]);

/** Reads all seats, invites, domain rules and the state of the workspace. */
async function seats(): Promise<string> {
  return JSON.stringify(
    await sql(
      `select 'm' as t, workspace_id::text as place, user_id::text as who, role from account.workspace_members where workspace_id = $1
       union all select 'o', organization_id::text, user_id::text, role from account.organization_members where organization_id = $2
       union all select 'i', coalesce(workspace_id, organization_id)::text, email, role || (accepted_at is not null) || (revoked_at is not null) from account.invites where organization_id = $2
       union all select 'j', workspace_id::text, domain, role from account.auto_joins where workspace_id = $1
       union all select 'w', id::text, (deleted_at is null)::text, demands_factor::text from account.workspaces where id = $1
       order by 1, 2, 3, 4`,
      [workspace, organization],
    ),
  );
}

const form = (request: APIRequestContext, path: string, fields: Record<string, string>) =>
  request.post(`${BASE}${path}`, { form: fields, headers: { origin: BASE, "sec-fetch-site": "same-origin" }, maxRedirects: 0 });

interface DoorToTry {
  name: string;
  /** The person whose session is used. */
  who: () => BrowserContext;
  prepare: () => Promise<unknown>;
  open: (request: APIRequestContext) => Promise<APIResponse>;
}

const org = (action: unknown) => (request: APIRequestContext) => call(request, "manage_organization", { id: organization, action });
const members = (action: unknown) => (request: APIRequestContext) => call(request, "manage_members", { workspace: IT, grant: itsGrant, action });
const asOwner = () => ofOwner;
const asFriend = () => ofFriend;
const nothing = async () => {};
let accepted = "";

const DOORS: DoorToTry[] = [
  { name: "an invite into the organization", who: asOwner, prepare: forgetInvites, open: (r) => org({ invite: { emails: friend, role: "owner" } })(r) },
  { name: "the same by form", who: asOwner, prepare: forgetInvites, open: (r) => form(r, `/org/${organization}/members`, { action: "invite", emails: friend, role: "owner" }) },
  { name: "an organization role", who: asOwner, prepare: () => enroll(friend, "member"), open: async (r) => org({ set_role: { people: [await personOf(friend)], role: "admin" } })(r) },
  { name: "the end of an organization role", who: asOwner, prepare: () => enroll(friend, "member"), open: async (r) => org({ remove: { people: [await personOf(friend)], heir: "nobody" } })(r) },
  { name: "the ownership of the organization", who: asOwner, prepare: () => enroll(friend, "member"), open: async (r) => org({ transfer: await personOf(friend) })(r) },
  { name: "leaving the organization to somebody", who: asOwner, prepare: () => enroll(friend, "member"), open: async (r) => org({ leave: await personOf(friend) })(r) },
  { name: "an invite into the workspace", who: asOwner, prepare: forgetInvites, open: (r) => members({ invite: { emails: friend, role: "admin" } })(r) },
  { name: "a role in the workspace", who: asOwner, prepare: () => seated(friend, "viewer"), open: async (r) => members({ set_role: { people: [await personOf(friend)], role: "admin" } })(r) },
  { name: "the end of a seat", who: asOwner, prepare: () => seated(friend, "viewer"), open: async (r) => members({ remove: { people: [await personOf(friend)], heir: "nobody" } })(r) },
  { name: "joining by domain, allowed", who: asOwner, prepare: nothing, open: (r) => members({ set_join: { domain: "smartai.example", role: "viewer" } })(r) },
  {
    name: "restoring the workspace", who: asOwner,
    prepare: () => sql("update account.workspaces set deleted_at = now() where id = $1", [workspace]),
    open: (r) => call(r, "restore_workspace", { slug: IT }),
  },
  {
    name: "restoring it by form", who: asOwner,
    prepare: () => sql("update account.workspaces set deleted_at = now() where id = $1", [workspace]),
    open: (r) => form(r, "/home", { action: "restore-workspace", slug: IT }),
  },
  { name: "accepting an invite into the workspace", who: asFriend, prepare: async () => (accepted = await invited("workspace")), open: (r) => form(r, "/home", { action: "accept", id: accepted }) },
  { name: "accepting an invite into the organization", who: asFriend, prepare: async () => (accepted = await invited("organization")), open: (r) => form(r, "/home", { action: "accept", id: accepted }) },
  {
    name: "accepting by the link", who: asFriend,
    prepare: async () => {
      const [id, token] = [await invited("workspace"), randomBytes(32).toString("base64url")];
      accepted = token;
      await sql(
        "insert into account.invite_links (token_hash, invite_id, organization_id, workspace_id, kind) values ($1, $2, $3, $4, 'mailed')",
        [createHash("sha256").update(token).digest(), id, organization, workspace],
      );
    },
    open: (r) => form(r, `/invite/${accepted}`, { action: "accept" }),
  },
  {
    name: "joining by domain", who: asFriend,
    prepare: async () =>
      sql(
        "insert into account.auto_joins (workspace_id, organization_id, domain, role, created_by) values ($1, $2, 'smartai.example', 'viewer', $3) on conflict do nothing",
        [workspace, organization, await personOf(owner)],
      ),
    open: (r) => form(r, "/home", { action: "join", id: workspace }),
  },
];

test.beforeAll(async ({ browser }) => {
  owner = await register(fresh("door-owner"), "Door Owner");
  friend = await register(fresh("door-friend"), "Door Friend");
  workspace = (await workspaceOf(IT)).id;
  [{ organization_id: organization }] = await sql("select organization_id from account.workspaces where id = $1", [workspace]);
  await enroll(owner, "owner");
  ofOwner = await contextOf(browser, owner);
  ofFriend = await contextOf(browser, friend);
  itsGrant = await grantOf(ofOwner.request, IT);
});

test.beforeEach(async () => {
  await enroll(owner, "owner");
  await enroll(friend, null);
  await seated(friend, null);
});

test.afterEach(async () => {
  await demand(IT, false);
  await sql("update account.workspaces set deleted_at = null where id = $1", [workspace]);
  await sql("delete from account.auto_joins where workspace_id = $1", [workspace]);
  await sql("delete from account.barred where workspace_id = $1", [workspace]);
});

test.afterAll(async () => {
  await ofOwner.close();
  await ofFriend.close();
  await forgetSeats(owner, friend);
});

for (const door of DOORS) {
  test(`a password alone is refused where a second factor is required: ${door.name}`, async () => {
    await demand(IT, true);
    for (const email of [owner, friend]) await prove(email, false);
    await door.prepare();
    const before = await seats();
    const refused = await door.open(door.who().request);
    if (refused.status() === 303) {
      expect(refused.headers().location, "the redirect does not lead to the factor page").toMatch(/^\/account\/factor/);
      const asks = await door.who().request.get(`${BASE}${refused.headers().location}`, { maxRedirects: 0 });
      expect([asks.status(), await asks.text()], "the factor page does not ask for a factor").toEqual([200, expect.stringContaining("two-factor authentication")]);
    } else {
      expect([refused.status(), await refused.json()]).toEqual([403, "factor"]);
    }
    expect(await seats(), "the refused action changed something").toBe(before);

    // Control: a session that has proven a factor is allowed.
    await prove(door.who() === ofOwner ? owner : friend, true);
    const done = await door.open(door.who().request);
    expect([200, 303], `control: a proven factor is accepted: ${done.status()}: ${(await done.text()).slice(0, 200)}`).toContain(done.status());
    expect(done.headers().location ?? "").not.toContain("/account/factor");
    expect(await seats(), "control: the allowed action has an effect").not.toBe(before);
  });
}

for (const door of DOORS) {
  test(`without the requirement no factor is asked for: ${door.name}`, async () => {
    for (const email of [owner, friend]) await prove(email, false);
    await door.prepare();
    const before = await seats();
    const done = await door.open(door.who().request);
    expect([200, 303], `unexpected status ${done.status()}`).toContain(done.status());
    expect(await seats()).not.toBe(before);
  });
}

test("a sign-in without a factor does not accept an organization invite, which stays on the picker", async ({ browser }) => {
  await demand(IT, true);
  await invited("organization");
  const role = async () => sql("select role from account.organization_members where organization_id = $1 and user_id = $2", [organization, await personOf(friend)]);
  const context = await contextOf(browser, friend);
  expect(await role(), "a sign-in with a password alone gave a seat").toEqual([]);
  expect(await (await context.request.get(`${BASE}/home`)).text(), "the invite is not on the picker").toContain("Door Owner");
  await context.close();
  await demand(IT, false);
  const control = await contextOf(browser, friend);
  expect(await role(), "control: without the requirement the sign-in accepts the invite").toHaveLength(1);
  await control.close();
});

test("only a session with a proven factor can turn the requirement off", async () => {
  await demand(IT, true);
  await prove(owner, false);
  const off = () => call(ofOwner.request, "demand_factor", { workspace: IT, grant: itsGrant, demand: false });
  expect((await off()).status()).toBe(403);
  expect(await sql("select demands_factor from account.workspaces where id = $1", [workspace])).toEqual([{ demands_factor: true }]);
  await prove(owner, true);
  expect((await off()).status()).toBe(200);
});
