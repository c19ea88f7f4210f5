// The JSON API of imports: a file is uploaded, mapped, checked and imported step by step; the same file again adds nothing.
// An import of another workspace answers like one that does not exist, and neither a Viewer nor an API key imports.
import { expect, test } from "@playwright/test";
import { register, fresh } from "../support/invites";
import { sql } from "../support/facts";
import { contextOf } from "../support/people";
import { type Raw, problem, send } from "../support/raw";
import { type Shop, counted, keyOf, openShop } from "../support/shop";
import { tokenOf } from "../support/tokens";

const FILE = ["time,account,tokens", ...Array.from({ length: 30 }, (_, n) => `2026-01-0${1 + (n % 3)} 10:00:${String(n).padStart(2, "0")},acme,${n + 1}`), "never,acme,1", '"2026-01-01",=1+1,2', ""].join("\r\n");
/** 1 + 2 + … + 30. */
const SUM = "465";
let shop: Shop;
let token: string;

interface Asked {
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
  by?: string;
  slug?: string;
}

const ask = (method: string, path: string, { json, text, headers = {}, by = token, slug = shop.slug }: Asked = {}): Promise<Raw> =>
  send(method, `/api/v1/workspaces/${slug}/imports${path}`, { json, text, headers: { authorization: `Bearer ${by}`, ...headers } });

const upload = (text: string, more: Asked = {}, query = "?name=gateway.csv") => ask("POST", query, { text, ...more, headers: { "content-type": "text/csv", ...more.headers } });

/** Repeats a step until the import has the state. */
async function until(state: string, id: string, step: string, json?: unknown) {
  for (let n = 0; n < 50; n++) {
    const answer = await ask("POST", `/${id}/${step}`, { json });
    expect(answer.status, answer.body).toBe(200);
    const body = JSON.parse(answer.body);
    if (body.state === state) return body;
  }
  throw new Error(`the import is never ${state}`);
}

/** Uploads the file, takes the guess with a type, and checks it. */
async function checked(text: string) {
  const made = await upload(text);
  expect(made.status, made.body).toBe(201);
  const { id } = JSON.parse(made.body);
  expect(made.headers.location).toBe(`/api/v1/workspaces/${shop.slug}/imports/${id}`);
  const { mapping, guessed } = JSON.parse((await ask("GET", `/${id}/mapping`)).body);
  expect(guessed).toBe(true);
  const set = await ask("PUT", `/${id}/mapping`, { json: { ...mapping, type: "tokens" } });
  expect(set.status, set.body).toBe(200);
  return { id, mapping, preview: await until("previewed", id, "check") };
}

test.beforeEach(async ({ browser }) => {
  shop = await openShop("import-api");
  token = await tokenOf(browser, shop.owner, "Imports");
});

test("a file is mapped, checked and imported, and again adds nothing", async () => {
  const { id, mapping, preview } = await checked(FILE);
  expect(mapping.columns).toEqual([{ role: "time", property: "time" }, { role: "customer", property: "account" }, { role: "number", property: "tokens" }]);
  expect([preview.check.rows, preview.check.accepted, preview.check.refused]).toEqual([32, 30, 2]);
  expect(preview.check.refused_by_code).toEqual({ bad_time: 1, unknown_customer: 1 });
  expect(preview.check.effects).toEqual([expect.objectContaining({ customer: "Acme", customer_id: shop.customer, quantity: SUM })]);
  expect(await counted(shop.id), "the check stored something").toBe("0");

  expect((await ask("POST", `/${id}/run`, { json: { refused: 0 } })).status, "it ran with refused rows that nobody has seen").toBe(409);
  const done = await until("done", id, "run", { refused: 2 });
  expect([done.result.accepted, done.result.refused]).toEqual([30, 2]);
  expect(await counted(shop.id)).toBe(SUM);
  expect((await ask("POST", `/${id}/run`, { json: { refused: 2 } })).status, "control: repeated").toBe(200);
  const csv = await ask("GET", `/${id}/refusals`);
  expect([csv.status, csv.headers["content-type"]]).toEqual([200, "text/csv; charset=utf-8"]);
  expect(csv.body, "a spreadsheet would run it").toContain("'=1+1");

  const again = await checked(FILE);
  expect([again.preview.check.accepted, again.preview.check.duplicate]).toEqual([0, 30]);
  await until("done", again.id, "run", { refused: 2 });
  expect(await counted(shop.id), "the same file added something").toBe(SUM);
  const { items } = JSON.parse((await ask("GET", "")).body);
  expect(items.map((item: { id: string; state: string }) => [item.id, item.state])).toEqual([[again.id, "done"], [id, "done"]]);
});

test("steps out of order, other media types and too many imports are refused", async () => {
  expect((await ask("POST", "?name=a.csv", { text: FILE })).status, "text/plain").toBe(415);
  expect((await upload(FILE, { headers: { "content-encoding": "gzip" } })).status).toBe(415);
  expect((await upload(FILE, {}, "")).status, "no name").toBe(400);
  expect((await upload("\0\0\0\0")).status, "no text").toBe(400);
  expect((await upload("")).status, "empty").toBe(400);
  const { id } = JSON.parse((await upload(FILE)).body);
  expect((await ask("POST", `/${id}/check`)).status, "without a mapping").toBe(409);
  expect((await ask("POST", `/${id}/run`, { json: { refused: 0 } })).status, "without a check").toBe(409);
  const { mapping } = JSON.parse((await ask("GET", `/${id}/mapping`)).body);
  const short = await ask("PUT", `/${id}/mapping`, { json: { ...mapping, type: "tokens", columns: mapping.columns.slice(0, 2) } });
  expect([short.status, JSON.parse(short.body).errors[0].pointer]).toEqual([422, "/columns"]);
  expect((await upload(FILE)).status).toBe(201);
  expect([(await upload(FILE)).status, problem(await upload(FILE)).code]).toEqual([409, "conflict"]);
  expect(JSON.parse((await ask("POST", `/${id}/stop`)).body).state).toBe("stopped");
  expect((await upload(FILE)).status, "control: one is stopped").toBe(201);
  expect((await ask("GET", `/${id}/mapping`)).status, "of a stopped import").toBe(409);
});

test("an import of another workspace answers like one that does not exist", async () => {
  const { id } = JSON.parse((await upload(FILE)).body);
  const other = await openShop("import-other");
  await sql("insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, 'admin')", [other.id, shop.ownerId]);
  const mapping = { delimiter: "comma", decimal: "point", header: true, times_in: "utc", columns: [] };
  for (const [method, path, json] of [
    ["GET", ""], ["GET", "/mapping"], ["GET", "/refusals"], ["POST", "/check"], ["POST", "/stop"], ["POST", "/run", { refused: 0 }], ["PUT", "/mapping", mapping],
  ] as const) {
    const foreign = await ask(method, `/${id}${path}`, { json, slug: other.slug });
    const none = await ask(method, `/019add2e-0000-7000-8000-000000000000${path}`, { json, slug: other.slug });
    expect([foreign.status, problem(foreign)], path).toEqual([404, problem(none)]);
  }
  expect(JSON.parse((await ask("GET", `/${id}`)).body).state, "control").toBe("uploaded");
});

test("a Viewer, a guest and an API key neither import nor see imports", async ({ browser }) => {
  const { id } = JSON.parse((await upload(FILE)).body);
  const context = await contextOf(browser, shop.owner);
  const key = await keyOf(context.request, shop.slug, { events_write: "on", read: "on" });
  await context.close();
  const bearers: [string, string][] = [["key", key]];
  for (const role of ["viewer", "guest"]) {
    const who = await register(fresh(`import-${role}`), "Import Reader");
    await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, $3 from account.users where email = $2", [shop.id, who, role]);
    bearers.push([role, await tokenOf(browser, who, "Imports")]);
  }
  for (const [who, by] of bearers) {
    const answers = [
      await upload(FILE, { by }), await ask("GET", "", { by }), await ask("GET", `/${id}`, { by }), await ask("GET", `/${id}/mapping`, { by }),
      await ask("GET", `/${id}/refusals`, { by }), await ask("POST", `/${id}/check`, { by }), await ask("POST", `/${id}/run`, { by, json: { refused: 0 } }),
      await ask("POST", `/${id}/stop`, { by }),
    ];
    expect(answers.map((answer) => answer.status), who).toEqual(Array(8).fill(403));
  }
  const [{ count }] = await sql("select count(*)::int as count from workspace.imports where workspace_id = $1", [shop.id]);
  expect(count).toBe(1);
});
