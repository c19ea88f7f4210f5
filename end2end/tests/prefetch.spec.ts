// Prefetching: a GET that a browser sends in advance, and a HEAD, write nothing to the database. They do not change the
// last active workspace.
import { expect, test } from "@playwright/test";
import { FINANCE, IT, sql } from "../support/facts";
import { get, send, sessionOf } from "../support/raw";

const ADA = "ada@smartai.example";
const AHEAD: Record<string, string>[] = [
  { "sec-purpose": "prefetch" },
  { "sec-purpose": "prefetch;prerender" },
  { "sec-purpose": "prefetch;anonymous-client-ip" },
  { purpose: "prefetch" },
  { "x-purpose": "preview" },
  { "x-moz": "prefetch" },
];

/** Sums up every row of every table. */
async function everything(): Promise<string> {
  const tables = await sql<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('account', 'workspace') order by 1",
  );
  const sums = tables.map(({ name }) => `select '${name}' as name, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum from ${name} t`);
  return JSON.stringify(await sql(sums.join(" union all ")));
}

/** Makes everything due that a request records, such as the time of the last use. */
const due = () => sql("update account.sessions set last_seen_at = now() - interval '1 hour' where ended_at is null");
const landing = async (cookie: string) => (await get("/", { cookie })).headers.location;

test("prefetch and HEAD requests change nothing in the database", async () => {
  const cookie = await sessionOf(ADA);
  await get(`/${IT}/overview`, { cookie });
  expect(await landing(cookie), "control: the last active workspace is known").toBe(`/${IT}/overview`);
  const paths = [`/${FINANCE}/overview`, `/${FINANCE}/customers`, `/${FINANCE}/settings/general`, "/home", "/", "/account/sessions", "/account/factor?next=%2Fhome"];
  await due();
  const before = await everything();
  for (const path of paths) {
    for (const headers of AHEAD) {
      const answer = await get(path, { cookie, ...headers });
      expect([200, 303, 403], `status of ${path} with ${JSON.stringify(headers)}`).toContain(answer.status);
    }
    expect([200, 303, 403], `status of HEAD ${path}`).toContain((await send("HEAD", path, { headers: { cookie } })).status);
  }
  expect(await everything(), "a prefetch or HEAD request wrote something").toBe(before);
  expect(await landing(cookie), "a prefetch counts as a visit").toBe(`/${IT}/overview`);
  await get(`/${FINANCE}/overview`, { cookie });
  expect(await landing(cookie), "control: a real request counts as a visit").toBe(`/${FINANCE}/overview`);
  expect(await everything(), "control: a visit is written").not.toBe(before);
});

test("a prefetched page is the same as the real one", async () => {
  const cookie = await sessionOf(ADA);
  const strip = (body: string) => body.replace(/nonce="[^"]*"/g, "").replace(/<script type="[^"]*" id="boot">.*?<\/script>/s, "").replace(/name="grant" value="[^"]*"/g, "");
  const ahead = await get(`/${IT}/customers`, { cookie, "sec-purpose": "prefetch" });
  const real = await get(`/${IT}/customers`, { cookie });
  expect([ahead.status, real.status]).toEqual([200, 200]);
  expect(strip(ahead.body).length).toBeGreaterThan(1000);
  expect(strip(ahead.body)).toBe(strip(real.body));
});
