// Fair use of the server: whatever one person requests, however often, and whether or not they wait for the answers,
// the pages of another tenant stay about as fast as before. Tested with one server and with two.
import { expect, test } from "@playwright/test";
import { FINANCE, personOf, sql, workspaceOf } from "../support/facts";
import { type Attack, Attacker, Client, quantile } from "../support/load";
import { sessionOf } from "../support/raw";
import { Second, SECOND } from "../support/second";
import { BASE } from "../support/server";

const ATTACKER = "olu@smartai.example";
const VICTIM = "ben@globalai.example";
// After a failure these tests start again in a new process, while the workspace of the first process still has its
// address.
const SLUG = `a-large-workspace-${Date.now().toString(36)}`;
const CUSTOMERS = 200_000;
/** The number of pages that are timed in each run. */
const PAGES = Number(process.env.STILE_BENCH_PAGES ?? 100);

/** What requests to one server need: cookies are named after its port, and grants belong to a session. */
interface At {
  base: string;
  attackers: string[];
  grant: string;
  victim: string;
}

let second: Second;
let servers: At[];
let me: string;

async function at(base: string): Promise<At> {
  const attackers = [];
  for (let n = 0; n < 4; n++) attackers.push(await sessionOf(ATTACKER, base));
  const client = new Client(base, 1);
  const entered = await client.call("open_workspace", attackers[0], { to: SLUG, page: "customers" });
  client.close();
  expect(entered.status, entered.body).toBe(200);
  return { base, attackers, grant: JSON.parse(entered.body).entry.grant, victim: await sessionOf(VICTIM, base) };
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  second = await Second.start();
  me = await personOf(ATTACKER);
  const client = new Client(BASE, 1);
  const [{ organization_id }] = await sql("select organization_id from account.workspaces where slug = 'smartai-it'");
  const made = await client.call("create_workspace", await sessionOf(ATTACKER), { input: { organization: organization_id, name: "A large workspace", slug: SLUG } });
  client.close();
  expect(made.status, made.body).toBe(200);
  const { id } = await workspaceOf(SLUG);
  await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country)
     select $1, gen_random_uuid(), 'Customer number ' || i, 'customer' || i || '@large.example', 'DE' from generate_series(1, ${CUSTOMERS}) i`,
    [id],
  );
  await sql("analyze workspace.customers");
  servers = [await at(BASE), await at(SECOND)];
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  await second?.stop();
  const { id } = await workspaceOf(SLUG);
  await sql("delete from workspace.customers where workspace_id = $1", [id]);
  await sql("update account.workspaces set deleted_at = now() where id = $1", [id]);
});

const input = { name: "Cut off", email: "cut@large.example", country: "DE", note: "" };
const call = (name: string, cookie: string, json: unknown) => ({ method: "POST", path: `/api/fn/${name}`, cookie, json });
const ATTACKS: Record<string, (at: At) => Omit<Attack, "base">> = {
  "changes of role that name oneself 100 times": ({ attackers: [cookie], grant }) => {
    const action = { set_role: { people: Array.from({ length: 100 }, () => me), role: "owner" } };
    return { lanes: 40, requests: [call("manage_members", cookie, { workspace: SLUG, grant, action })] };
  },
  "writes that are cut off": ({ attackers: [cookie], grant }) => ({
    lanes: 6,
    requests: [call("act_on_customer", cookie, { workspace: SLUG, grant, id: null, action: { action: "save", ...input } })],
    cutAfter: [0, 1, 2, 3, 4],
  }),
  "searches over many rows": ({ attackers }) => ({
    lanes: 24,
    requests: attackers.map((cookie) => ({ path: `/${SLUG}/customers?q=nobody+is+called+{n}`, cookie })),
  }),
  "lists of many rows": ({ attackers: [cookie] }) => ({ lanes: 40, requests: [{ path: `/${SLUG}/customers`, cookie }] }),
};

/** Times the other tenant's pages, one after another, alternating between the servers. */
async function pages(victims: { client: Client; cookie: string }[]): Promise<{ times: number[]; refused: number[] }> {
  const times: number[] = [];
  const refused: number[] = [];
  for (let n = 0; n < PAGES; n++) {
    const { client, cookie } = victims[n % victims.length];
    const { status, took } = await client.ask({ path: `/${FINANCE}/customers`, cookie });
    times.push(took);
    if (status !== 200) refused.push(status);
  }
  return { times, refused };
}

for (const [many, count] of [["one server", 1], ["two servers", 2]] as const) {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    test(`${what}, at ${many}, do not slow another tenant down`, async () => {
      test.setTimeout(300_000);
      const attacked = servers.slice(0, count);
      const victims = attacked.map(({ base, victim }) => ({ client: new Client(base, 1), cookie: victim }));
      await pages(victims);
      const before = await pages(victims);
      expect(before.refused, "control: pages are answered before the attack").toEqual([]);

      const attackers = await Promise.all(attacked.map((at) => Attacker.start({ base: at.base, ...attack(at) })));
      expect(attackers.map(({ first }) => first), "control: the attack's requests are answered").toEqual(attacked.map(() => 200));
      const during = await pages(victims);
      const asked = await Promise.all(attackers.map((attacker) => attacker.stop()));
      for (const { client } of victims) client.close();

      const [calm, busy] = [before.times, during.times].map((times) => ({ median: quantile(times, 0.5), p99: quantile(times, 0.99) }));
      console.log(
        `    ${what}, ${many}: median ${calm.median.toFixed(1)} -> ${busy.median.toFixed(1)} ms, ` +
          `p99 ${calm.p99.toFixed(1)} -> ${busy.p99.toFixed(1)} ms; the attack was answered ${asked.map((by) => JSON.stringify(by)).join(" ")}`,
      );
      expect(during.refused, "pages of another tenant were refused").toEqual([]);
      // Attackers, servers and database share the few cores of this machine, and the server may be a development build.
      // The limits separate waiting for a fair share from waiting behind the attacker, which took 3 to 6 seconds. To
      // judge the goal, use the printed figures of a release build on an idle machine.
      expect(busy.p99, "99th percentile of another tenant's pages during the attack, in ms").toBeLessThan(Math.max(4 * calm.p99, 2_000));
      expect(busy.median, "median of another tenant's pages during the attack, in ms").toBeLessThan(Math.max(4 * calm.median, 300));
    });
  }
}

test("cancelled requests count until they end, and the account works afterwards", async () => {
  const [{ attackers: [cookie], grant }] = servers;
  const client = new Client(BASE, 6);
  const cut = await Promise.all(
    Array.from({ length: 120 }, (_, n) => client.call("act_on_customer", cookie, { workspace: SLUG, grant, id: null, action: { action: "save", ...input } }, n % 5)),
  );
  expect(cut.some((a) => a.status === 0), "control: some requests were cancelled").toBe(true);
  const after = await client.ask({ path: `/${SLUG}/customers`, cookie });
  expect(after.status, "the account is locked out by its own requests").toBe(200);
  client.close();
});

test("requests beyond the queue limit are refused at once with Retry-After", async () => {
  const [{ attackers: [cookie] }] = servers;
  const client = new Client(BASE, 400);
  const answers = await Promise.all(Array.from({ length: 400 }, (_, n) => client.ask({ path: `/${SLUG}/customers?q=nobody+${n}`, cookie })));
  client.close();
  const statuses = new Set(answers.map((a) => a.status));
  const refused = answers.filter((a) => a.status === 429);
  expect(refused.length, `none of 400 simultaneous searches was refused: ${[...statuses]}`).toBeGreaterThan(0);
  for (const { headers } of refused) expect(Number(headers["retry-after"]), "the refusal has no Retry-After header").toBeGreaterThan(0);
});
