// Kind: one account that keeps the server busy for everybody. Whatever one person asks for, however often, and whether or
// not they wait for the answer, the pages of another tenant come about as fast as before; with one server and with two.
import { expect, test } from "@playwright/test";
import { FINANCE, personOf, sql, workspaceOf } from "../support/facts";
import { Client, keepAsking, quantile } from "../support/load";
import { sessionOf } from "../support/raw";
import { Second, SECOND } from "../support/second";
import { BASE } from "../support/server";

const ATTACKER = "olu@smartai.example";
const VICTIM = "ben@globalai.example";
// After a failure these tests start again in a new process, where the workspace of the first still has its address.
const SLUG = `a-large-workspace-${Date.now().toString(36)}`;
const CUSTOMERS = 200_000;
/** Pages that are timed each time. */
const PAGES = 150;

let second: Second;
let cookies: { attacker: string; more: string[]; victim: string };
let grant: string;
let me: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  second = await Second.start();
  cookies = {
    attacker: await sessionOf(ATTACKER),
    more: [await sessionOf(ATTACKER), await sessionOf(ATTACKER), await sessionOf(ATTACKER)],
    victim: await sessionOf(VICTIM),
  };
  me = await personOf(ATTACKER);
  const client = new Client(BASE, 1);
  const [{ organization_id }] = await sql("select organization_id from account.workspaces where slug = 'smartai-it'");
  const made = await client.call("create_workspace", cookies.attacker, { input: { organization: organization_id, name: "A large workspace", slug: SLUG } });
  expect(made.status, made.body).toBe(200);
  const { id } = await workspaceOf(SLUG);
  await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country)
     select $1, gen_random_uuid(), 'Customer number ' || i, 'customer' || i || '@large.example', 'DE' from generate_series(1, ${CUSTOMERS}) i`,
    [id],
  );
  await sql("analyze workspace.customers");
  const entered = await client.call("open_workspace", cookies.attacker, { to: SLUG, url: `/${SLUG}/customers` });
  expect(entered.status, entered.body).toBe(200);
  grant = JSON.parse(entered.body).entry.grant;
  client.close();
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  await second?.stop();
  const { id } = await workspaceOf(SLUG);
  await sql("delete from workspace.customers where workspace_id = $1", [id]);
  await sql("update account.workspaces set deleted_at = now() where id = $1", [id]);
});

const input = { name: "Cut off", email: "cut@large.example", country: "DE", rate_plan: "", note: "" };
const ATTACKS = {
  // 40 connections that change one's own role, naming oneself 100 times.
  "a deed that names oneself a hundred times": (base: string) => {
    const client = new Client(base, 40);
    const deed = { set_role: { people: Array.from({ length: 100 }, () => me), role: "owner" } };
    return { client, lanes: 40, ask: () => client.call("manage_members", cookies.attacker, { workspace: SLUG, grant, deed }) };
  },
  // 6 connections whose writes are cut off after 0 to 4 ms, so that nobody waits for them.
  "writes that are cut off": (base: string) => {
    const client = new Client(base, 6);
    const write = { workspace: SLUG, grant, id: null, input };
    return { client, lanes: 6, ask: (n: number) => client.call("save_customer", cookies.attacker, write, n % 5) };
  },
  // 24 searches at a time over 200,000 customers, with four sessions.
  "searches over many rows": (base: string) => {
    const client = new Client(base, 24);
    const sessions = [cookies.attacker, ...cookies.more];
    return { client, lanes: 24, ask: (n: number) => client.ask({ path: `/${SLUG}/customers?q=nobody+is+called+${n}`, cookie: sessions[n % 4] }) };
  },
  // 40 connections that read long lists.
  "lists of many rows": (base: string) => {
    const client = new Client(base, 40);
    return { client, lanes: 40, ask: () => client.ask({ path: `/${SLUG}/customers`, cookie: cookies.attacker }) };
  },
} satisfies Record<string, (base: string) => { client: Client; lanes: number; ask: (n: number) => ReturnType<Client["ask"]> }>;

/** How long the other tenant's pages take, one after another, each at the next of the servers. */
async function pages(clients: Client[]): Promise<{ times: number[]; refused: number[] }> {
  const times: number[] = [];
  const refused: number[] = [];
  for (let n = 0; n < PAGES; n++) {
    const { status, took } = await clients[n % clients.length].ask({ path: `/${FINANCE}/customers`, cookie: cookies.victim });
    times.push(took);
    if (status !== 200) refused.push(status);
  }
  return { times, refused };
}

for (const [servers, bases] of [["one server", [BASE]], ["two servers", [BASE, SECOND]]] as const) {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    test(`${what}, at ${servers}, do not slow another tenant down`, async () => {
      test.setTimeout(300_000);
      const victims = bases.map((base) => new Client(base, 1));
      await pages(victims);
      const before = await pages(victims);
      expect(before.refused, "control: pages are answered").toEqual([]);

      const attacks = bases.map((base) => attack(base));
      const first = await Promise.all(attacks.map(({ client, ask }) => ask(4).finally(() => client)));
      expect(first.filter((a) => a.status >= 500), "control: the attack is answered, or cut off by itself").toEqual([]);
      const running = attacks.map(({ lanes, ask }) => keepAsking(lanes, ask));
      const during = await pages(victims);
      const statuses = await Promise.all(running.map((attack) => attack.stop()));
      for (const { client } of attacks) client.close();
      for (const client of victims) client.close();

      const [calm, busy] = [before.times, during.times].map((times) => ({ median: quantile(times, 0.5), p99: quantile(times, 0.99) }));
      const asked = statuses.map((by) => JSON.stringify(Object.fromEntries(by))).join(" ");
      console.log(
        `    ${what}, ${servers}: median ${calm.median.toFixed(1)} -> ${busy.median.toFixed(1)} ms, ` +
          `p99 ${calm.p99.toFixed(1)} -> ${busy.p99.toFixed(1)} ms; the attack was answered ${asked}`,
      );
      expect(during.refused, "pages of another tenant were refused").toEqual([]);
      // Attackers, servers and database share this machine's few cores, and the server may be a build for development: the
      // bounds tell waiting for a share from waiting behind the attacker, which took 3 to 6 seconds. The figures above are
      // what is to be held against the goal, with a release build on a machine that does nothing else.
      expect(busy.p99, "another tenant waits for the attacker").toBeLessThan(Math.max(4 * calm.p99, 2_000));
      expect(busy.median, "another tenant waits for the attacker").toBeLessThan(Math.max(4 * calm.median, 300));
    });
  }
}

test("what was cut off is counted until it has ended, and then the account goes on as before", async () => {
  const client = new Client(BASE, 6);
  const cut = await Promise.all(
    Array.from({ length: 120 }, (_, n) => client.call("save_customer", cookies.attacker, { workspace: SLUG, grant, id: null, input }, n % 5)),
  );
  expect(cut.some((a) => a.status === 0), "control: some were cut off").toBe(true);
  const after = await client.ask({ path: `/${SLUG}/customers`, cookie: cookies.attacker });
  expect(after.status, "the account is locked out by what it asked for").toBe(200);
  client.close();
});

test("more than can wait is refused at once, with the time after which to come back", async () => {
  const client = new Client(BASE, 400);
  const answers = await Promise.all(Array.from({ length: 400 }, (_, n) => client.ask({ path: `/${SLUG}/customers?q=nobody+${n}`, cookie: cookies.attacker })));
  client.close();
  const statuses = new Set(answers.map((a) => a.status));
  const refused = answers.filter((a) => a.status === 429);
  expect(refused.length, `400 searches at once were all waited for: ${[...statuses]}`).toBeGreaterThan(0);
  for (const { headers } of refused) expect(Number(headers["retry-after"]), "it does not say when to come back").toBeGreaterThan(0);
});
