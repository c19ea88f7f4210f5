// Handoffs: a handoff opens one workspace to one session, once, within a minute. Every other use is refused with the
// reason and leads to the picker, where the person can choose again (docs/SECURITY.md, I-14).
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { call, mint, redeem } from "../support/calls";
import { FINANCE, IT, PRODUCT_ENG, found, sql, stringsOf, workspaceOf } from "../support/facts";
import { open } from "../support/people";
import { BASE } from "../support/server";
import { workspaceName } from "../support/switching";

const BY_HASH = "code_hash = sha256(convert_to($1, 'UTF8'))";

/** Makes the handoff a minute older. */
async function age(code: string): Promise<void> {
  const aged = await sql(`update account.handoffs set expires_at = expires_at - interval '60 s' where ${BY_HASH} returning 1`, [code]);
  expect(aged, "the handoff is not stored by its hash").toHaveLength(1);
}

test("a handoff that is redeemed 100 times at once is accepted once", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const code = await mint(request, FINANCE);
  const answers = await Promise.all(Array.from({ length: 100 }, () => redeem(request, FINANCE, code)));
  const entered = answers.filter((a) => a.status() === 200);
  expect(entered, "expected exactly one accepted redemption").toHaveLength(1);
  expect((await entered[0].json()).entry.workspace.slug).toBe(FINANCE);
  const ofFinance = await stringsOf(FINANCE);
  for (const answer of answers.filter((a) => a.status() !== 200)) {
    expect(answer.status()).toBe(403);
    const body = await answer.text();
    expect(JSON.parse(body), "the refusal does not say that the handoff was used").toEqual({ refused: "handoff-used" });
    expect(ofFinance.filter((s) => body.includes(s)), "a refusal contains data of the workspace").toEqual([]);
  }
});

test("a handoff is valid for 60 s and is then refused as expired", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const code = await mint(request, FINANCE);
  const [life] = await sql<{ seconds: number }>(
    `select extract(epoch from expires_at - created_at)::int as seconds from account.handoffs where ${BY_HASH}`, [code]);
  expect(life.seconds).toBe(60);
  await age(code);
  const late = await redeem(request, FINANCE, code);
  expect([late.status(), await late.json()]).toEqual([403, { refused: "handoff-expired" }]);

  const fresh = await mint(request, FINANCE);
  await sql(`update account.handoffs set expires_at = expires_at - interval '50 s' where ${BY_HASH}`, [fresh]);
  expect((await redeem(request, FINANCE, fresh)).status(), "control: a handoff is valid after 50 s").toBe(200);
});

test("a handoff is refused for another session, person or workspace, and stays valid", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const elsewhere = (await as(ADA)).context().request;
  const vik = (await as(VIK)).context().request;
  const code = await mint(request, IT);
  for (const [who, tried] of [
    ["another session of the same person", () => redeem(elsewhere, IT, code)],
    ["another person with a seat there", () => redeem(vik, IT, code)],
    ["another workspace of the same person", () => redeem(request, PRODUCT_ENG, code)],
  ] as const) {
    const answer = await tried();
    expect([answer.status(), await answer.json()], who).toEqual([403, { refused: "handoff-foreign" }]);
  }
  expect((await redeem(request, IT, code)).status(), "control: the right session redeems it").toBe(200);
});

test("a forged handoff and a signed-out request are refused", async ({ as, playwright }) => {
  const { request } = (await as(ADA)).context();
  const code = await mint(request, IT);
  const altered = code.slice(0, -1) + (code.endsWith("A") ? "B" : "A");
  for (const forged of ["", "x", "A".repeat(43), altered, code.slice(0, -1), `${code}A`, `${code} `, "A".repeat(10_000)]) {
    const answer = await redeem(request, IT, forged);
    expect([answer.status(), await answer.json()], `forged handoff: ${forged.slice(0, 60)}`).toEqual([403, { refused: "handoff-foreign" }]);
  }
  const nobody = await playwright.request.newContext();
  const answer = await redeem(nobody, IT, code);
  expect([answer.status(), await answer.json()]).toEqual([401, "signed_out"]);
  await nobody.dispose();
  expect((await redeem(request, IT, code)).status(), "control: the real handoff is accepted").toBe(200);
});

test("no handoff is created for a workspace without a seat, and the answer is that of a missing workspace", async ({ as }) => {
  const { request } = (await as(VIK)).context();
  const count = async () => (await sql("select count(*) as n from account.handoffs"))[0].n;
  const before = await count();
  const foreign = await call(request, "switch_workspace", { to: FINANCE });
  const absent = await call(request, "switch_workspace", { to: "no-such-workspace" });
  expect([foreign.status(), absent.status()]).toEqual([404, 404]);
  expect(await foreign.body(), "the answers differ").toEqual(await absent.body());
  for (const answer of [foreign, absent]) expect(answer.headers()["stile-workspace"]).toBeUndefined();
  expect(await count(), "a handoff was stored").toBe(before);
  await mint(request, IT);
  expect(Number(await count()), "control: with a seat a handoff is stored").toBe(Number(before) + 1);
});

for (const [why, spoil, refused, words] of [
  ["was used", async (page: Page, code: string) => void expect((await redeem(page.context().request, FINANCE, code)).status()).toBe(200),
    "used", "That link was already used. Choose the workspace again."],
  ["ran out", async (_: Page, code: string) => age(code), "expired", "That link has expired. Choose the workspace again."],
] as const) {
  test(`a handoff that ${why} leads to the picker with the reason, and choosing again works`, async ({ as }) => {
    const page = await as(ADA);
    const { id } = await workspaceOf(FINANCE);
    await open(page, "/home");
    const code = await mint(page.context().request, FINANCE);
    await spoil(page, code);
    // Replace the new code of the tab's request by the old one.
    await page.route("**/api/fn/*_workspace", async (route) => {
      const data = { ...route.request().postDataJSON(), code };
      await route.fulfill({ response: await route.fetch({ url: `${BASE}/api/fn/enter_workspace`, postData: JSON.stringify(data) }) });
    });
    await page.keyboard.press("1");
    await expect(page).toHaveURL(`/home?refused=${refused}`);
    await expect(page.getByRole("status").filter({ hasText: words })).toBeVisible();
    await expect(page.getByTestId("picker-row")).toHaveCount(3);
    expect(await found(page, await stringsOf(FINANCE)), "the page contains data of Finance").toEqual([]);

    await page.unroute("**/api/fn/*_workspace");
    const entered = page.waitForResponse((r) => /(open|stage)_workspace$/.test(new URL(r.url()).pathname));
    await page.locator(`[data-testid=picker-row][data-slug=${FINANCE}]`).click();
    const answer = await entered;
    expect([answer.status(), answer.headers()["stile-workspace"]], "choosing again does not enter Finance").toEqual([200, id]);
    await expect(page).toHaveURL(`/${FINANCE}/overview`);
    await expect(workspaceName(page)).toHaveText("Finance");
    await expect.poll(async () => found(page, await stringsOf(FINANCE)), "control: after entering, the page contains data of Finance").not.toEqual([]);
  });
}
