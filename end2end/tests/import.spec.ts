// Import of usage from CSV files: a file is read, its columns are guessed and can be changed, and what it adds is shown
// before anything is stored. The same file again adds nothing. Refused rows are named with column and text. All of it
// works without JavaScript.
import { type Page } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { call, grantOf } from "../support/calls";
import { FINANCE, IT, PRODUCT_ENG, customersOf, sql, workspaceOf } from "../support/facts";
import { value } from "../support/made";
import { contextOf, live, open } from "../support/people";
import { problemOf, send } from "../support/raw";
import { BASE } from "../support/server";

const PATH = `/${IT}/usage/import`;
const TYPE = "spec.import";
const csv = (name: string, text: string | Buffer) => ({ name, mimeType: "text/csv", buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });
const ROWS = Array.from({ length: 40 }, (_, n) => `2026-01-0${1 + (n % 3)} 10:00:${String(n).padStart(2, "0")}.1234567,${n + 1}`);
const FILE = ["TIMESTAMP,Tokens", ...ROWS].join("\r\n");
/** 1 + 2 + … + 40. */
const SUM = "820";
let customer: { id: string; name: string };
/** Whether the pages of the test run scripts. */
let scripts = true;

/** The names of the files of this spec. */
const FILES = ["gateway", "again", "longer", "decimal", "large", "stopped", "empty", "workbook", "theirs", "mine"].map((name) => `${name}.csv`);
const KEPT = `select count(*)::text from workspace.imports i join account.workspaces w on w.id = i.workspace_id
  where w.slug in ('${IT}', '${FINANCE}', '${PRODUCT_ENG}') and i.name in (${FILES.map((name) => `'${name}'`).join(", ")})`;
const CHUNKS = `select count(*)::text from workspace.import_chunks c
  join workspace.imports i on i.workspace_id = c.workspace_id and i.id = c.import_id where i.name in ('large.csv', 'stopped.csv')`;
const counted = () =>
  value("select coalesce(sum(quantity), 0)::float8::text from workspace.usage_days d join workspace.meters m on m.id = d.meter_id where m.code = 'spec-import'");

async function forgetImports(): Promise<void> {
  const meter = "select id from workspace.meters where code = 'spec-import'";
  await sql(`delete from workspace.usage_days where meter_id in (${meter})`);
  await sql(`delete from workspace.usage_totals where meter_id in (${meter})`);
  await sql("delete from workspace.events where type = $1", [TYPE]);
  const own = "select i.id from workspace.imports i join account.workspaces w on w.id = i.workspace_id where w.slug = any($1) and i.name = any($2)";
  const of = [[IT, FINANCE, PRODUCT_ENG], FILES];
  for (const table of ["import_refusals", "import_chunks"]) await sql(`delete from workspace.${table} where import_id in (${own})`, of);
  await sql(`delete from workspace.imports where id in (${own})`, of);
  await sql("delete from workspace.import_mappings where name = 'Gateway'");
}

async function forgetMeter(): Promise<void> {
  await forgetImports();
  await sql("delete from workspace.meters where code = 'spec-import'");
}

test.beforeAll(async () => {
  // What a run that was interrupted has left.
  await forgetMeter();
  const { id } = await workspaceOf(IT);
  [customer] = await customersOf(IT);
  await sql(
    `insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit, counts_from)
     select $1, gen_random_uuid(), p.id, 'Imported tokens', 'spec-import', $2, 'sum', 'tokens', 'token', '2000-01-01'
     from workspace.products p where p.workspace_id = $1 order by p.id limit 1`,
    [id, TYPE],
  );
});
test.beforeEach(() => {
  scripts = true;
});
test.afterEach(forgetImports);
test.afterAll(forgetMeter);

/** Uploads a file on the page of imports. The browser loads the next document by itself. */
async function upload(page: Page, file: ReturnType<typeof csv>, path = PATH): Promise<void> {
  await page.goto(path);
  await page.setInputFiles("[name=file]", file);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.waitForURL((url) => url.pathname !== path || file.buffer.length === 0);
  if (scripts) await live(page);
}

/** Maps the columns of the file and waits for the result of the check. */
async function check(page: Page, fields: Record<string, string> = {}): Promise<void> {
  await expect(page).toHaveURL(/\/usage\/import\/[0-9a-f-]{36}\/mapping/);
  for (const [name, text] of Object.entries({ customer: customer.id, type: TYPE, ...fields })) await page.fill(`[name=${name}]`, text);
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByRole("heading", { name: "What the file contains" })).toBeVisible();
}

const numbers = async (page: Page) => {
  const read = async (id: string) => page.getByTestId(id).textContent();
  return [await read("rows"), await read("accepted"), await read("duplicate"), await read("refused")];
};

async function finish(page: Page, button: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByRole("heading", { name: "Report" })).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a file is guessed, checked and imported, again it adds nothing, and a longer one only its new row, ${how}`, async ({ browser }) => {
    scripts = javaScriptEnabled;
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    await upload(page, csv("gateway.csv", FILE));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("gateway.csv");
    await expect(page.getByTestId("encoding")).toHaveText("UTF-8");
    await expect(page.getByLabel("Delimiter")).toHaveValue("comma");
    await expect(page.locator("[name=role_0]")).toHaveValue("time");
    await expect(page.locator("[name=role_1]")).toHaveValue("number");
    await expect(page.locator("[name=property_1]"), "the property of a meter is not recognized").toHaveValue("tokens");
    await expect(page.locator("[name=times_in]")).toHaveValue("utc");

    await page.getByRole("button", { name: "Check the file" }).click();
    await expect(page.locator("#customer-error")).toContainText("Enter a customer for all rows");
    await check(page, { name: "Gateway" });
    expect(await numbers(page)).toEqual(["40", "40", "0", "0"]);
    await expect(page.getByTestId("effect")).toContainText(customer.name);
    await expect(page.getByTestId("effect")).toContainText(SUM);
    await expect(page.getByTestId("event")).toHaveCount(20);
    expect(await counted(), "the check stored something").toBe("0");
    await finish(page, "Import 40 rows");
    expect(await numbers(page)).toEqual(["40", "40", "0", "0"]);
    expect(await counted()).toBe(SUM);

    await upload(page, csv("again.csv", FILE));
    await page.selectOption("[name=saved]", "Gateway");
    await page.getByRole("button", { name: "Read again" }).click();
    await page.waitForURL(/saved=Gateway/);
    if (scripts) await live(page);
    await expect(page.locator("[name=customer]"), "the saved mapping is not used").toHaveValue(customer.id);
    await page.getByRole("button", { name: "Check the file" }).click();
    await expect(page.getByTestId("duplicate")).toHaveText("40");
    await expect(page.getByTestId("no-effect")).toBeVisible();
    await finish(page, "Finish");
    expect(await counted(), "the same file added something").toBe(SUM);

    await upload(page, csv("longer.csv", `${FILE}\r\n2026-01-09 00:00,180\r\n`));
    await check(page, { name: "Gateway" });
    expect(await numbers(page)).toEqual(["41", "1", "40", "0"]);
    await finish(page, /^Import 1 row$/);
    expect(await counted()).toBe("1000");
    await context.close();
  });

  test(`a file with refused rows asks first, and names column and text, ${how}`, async ({ browser }) => {
    scripts = javaScriptEnabled;
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    const file = `at;tokens\n2026-01-01;"173,900"\n2026-01-01;1e3\n2026-01-01;\n=1+1;5\n`;
    await upload(page, csv("decimal.csv", Buffer.from(`\ufeff${file}`, "utf16le")));
    await expect(page.getByTestId("encoding")).toHaveText("UTF-16 LE");
    await expect(page.getByLabel("Delimiter")).toHaveValue("semicolon");
    await expect(page.locator("[name=decimal]")).toHaveValue("comma");
    await page.selectOption("[name=role_0]", "time");
    await page.selectOption("[name=role_1]", "number");
    await page.selectOption("[name=decimal]", "point");
    await check(page);
    expect(await numbers(page)).toEqual(["4", "0", "0", "4"]);
    await expect(page.getByTestId("refusal").first()).toContainText("173,900");
    await expect(page.getByTestId("refusal").first()).toContainText("tokens");
    await page.getByRole("link", { name: "Change columns" }).click();
    await page.selectOption("[name=decimal]", "comma");
    await check(page);
    expect(await numbers(page)).toEqual(["4", "1", "0", "3"]);
    await finish(page, "Import the 1 good row");
    expect(await counted()).toBe("173.9");
    const link = await page.getByRole("link", { name: "Download as CSV" }).getAttribute("href");
    const report = await context.request.get(`${BASE}${link}`);
    expect(report.headers()["content-type"]).toContain("text/csv");
    const text = await report.text();
    expect(text).toContain("3,tokens,bad_number,1e3");
    expect(text, "a cell of the report is a formula").toContain("'=1+1");
    await context.close();
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a large file is worked on in steps, which can be left and stopped, ${javaScriptEnabled ? "with JavaScript" : "without JavaScript"}`, async ({ browser }) => {
    test.setTimeout(180_000);
    scripts = javaScriptEnabled;
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    const rows = 25_000;
    const lines = Array.from({ length: rows }, (_, n) => `${1_767_225_600 + n},1`);
    await upload(page, csv("large.csv", ["time,tokens", ...lines].join("\n")));
    await page.fill("[name=customer]", customer.id);
    await page.fill("[name=type]", TYPE);
    await page.getByRole("button", { name: "Check the file" }).click();
    const [checked, report] = ["What the file contains", "Report"].map((name) => page.getByRole("heading", { name }));
    const until = async (heading: typeof checked) => {
      const more = page.getByRole("button", { name: "Continue" });
      if (scripts) return heading.waitFor({ timeout: 120_000 });
      for (;;) {
        await heading.or(more).first().waitFor();
        if (await heading.isVisible()) return;
        // A step that is asked for twice is harmless.
        await more.click();
      }
    };
    await until(checked);
    expect(await numbers(page)).toEqual(["25,000", "25,000", "0", "0"]);
    const address = page.url();
    await page.getByRole("button", { name: "Import 25,000 rows" }).click();
    await report.or(page.getByTestId("progress")).waitFor();
    await page.goto("about:blank");
    const position = await value("select position::text from workspace.imports where name = 'large.csv'");
    await page.goto(address);
    if (scripts) await live(page);
    await until(report);
    expect(await numbers(page), `continued at ${position}`).toEqual(["25,000", "25,000", "0", "0"]);
    expect(await counted()).toBe(String(rows));
    expect(await value(CHUNKS), "the file is kept after the import").toBe("0");

    await upload(page, csv("stopped.csv", FILE));
    await page.goto(page.url().replace(/\/mapping.*/, ""));
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(report).toBeVisible();
    expect(await value(CHUNKS), "a stopped import keeps its file").toBe("0");
    await context.close();
  });
}

test("files that are no text, empty, too large or missing are refused at the form", async ({ as }) => {
  const page = await as(ADA);
  await upload(page, csv("empty.csv", ""));
  await expect(page.locator("#file-error")).toContainText("That file is empty");
  await page.setInputFiles("[name=file]", csv("workbook.csv", Buffer.from("PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00")));
  await page.getByRole("button", { name: "Upload" }).click();
  await expect(page.locator("#file-error")).toContainText("not a text file");
  await open(page, PATH);
  const grant = await page.locator("form.import-upload [name=grant]").inputValue();
  const headers = { origin: BASE, accept: "text/html" };
  const none = await page.context().request.post(`${BASE}${PATH}`, { headers, multipart: { grant, action: "upload" } });
  expect(none.status()).toBe(422);
  expect(await none.text()).toContain("Choose a file.");
  const large = csv("large.csv", Buffer.alloc(50_000_001, "1,2\n"));
  const refused = await page.context().request.post(`${BASE}${PATH}`, { headers, multipart: { grant, action: "upload", file: large } });
  expect(refused.status()).toBe(422);
  expect(await refused.text()).toContain("larger than 50 MB");
  expect(await value(`${KEPT} and i.state not in ('done', 'stopped')`)).toBe("0");
  expect(await value(CHUNKS), "a refused file is kept").toBe("0");
});

test("a Viewer, another site and a stranger can not upload, and a Viewer does not see imports", async ({ as, browser }) => {
  const [ada, vik] = [await as(ADA), await as(VIK)];
  const file = csv("theirs.csv", FILE);
  const post = async (page: Page, grant: string, headers: Record<string, string>) =>
    (await page.context().request.post(`${BASE}${PATH}`, { headers, multipart: { grant, action: "upload", file }, maxRedirects: 0 })).status();
  const own = { origin: BASE, accept: "text/html" };
  const grants = { ada: await grantOf(ada.context().request, IT), vik: await grantOf(vik.context().request, IT), eng: await grantOf(ada.context().request, PRODUCT_ENG) };
  expect(await post(vik, grants.vik, own), "a Viewer can upload").toBe(403);
  expect(await post(ada, grants.eng, own), "a grant of another workspace is accepted").toBe(409);
  expect(await post(ada, grants.ada, { ...own, origin: "https://evil.example" }), "another site can upload").toBe(403);
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  expect(await post(page, grants.ada, own), "a stranger is sent to the sign-in page").toBe(303);
  await stranger.close();
  expect(await value(KEPT)).toBe("0");
  expect(await post(ada, grants.ada, own), "control: her own upload").toBe(303);
  await vik.goto(PATH);
  await expect(vik.getByTestId("why-not")).toBeVisible();
});

test("an import of another workspace looks like one that does not exist", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  await upload(page, csv("mine.csv", FILE));
  await expect(page).toHaveURL(/mapping/);
  const id = /import\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
  const missing = "018f4d9e-0000-7000-8000-000000000000";
  const grants: Record<string, string> = { [PRODUCT_ENG]: await grantOf(request, PRODUCT_ENG), [FINANCE]: await grantOf(request, FINANCE) };
  const act = async (workspace: string, which: string, action: Record<string, string>) => {
    const answer = await call(request, "act_on_import", { workspace, grant: grants[workspace], id: which, action });
    return [answer.status(), await answer.text()];
  };
  for (const slug of [PRODUCT_ENG, FINANCE]) {
    for (const action of [{ action: "continue" }, { action: "stop" }, { action: "run", refused: "0" }, { action: "map", delimiter: "comma" }]) {
      const foreign = await act(slug, id, action);
      expect(foreign, `${action.action} in ${slug}`).toEqual(await act(slug, missing, action));
    }
    for (const path of slug === PRODUCT_ENG ? ["", "/mapping"] : []) {
      const [foreign, absent] = [await page.goto(`/${slug}/usage/import/${id}${path}`), await page.goto(`/${slug}/usage/import/${missing}${path}`)];
      expect(foreign?.status()).toBe(absent?.status());
      await expect(page.getByTestId("row-not-found")).toBeVisible();
    }
    const file = async (which: string) => {
      const answer = await request.get(`${BASE}/api/imports/${slug}/${which}/refusals.csv`);
      return [answer.status(), await problemOf(answer)];
    };
    expect(await file(id)).toEqual(await file(missing));
  }
  expect((await request.get(`${BASE}/api/imports/${IT}/${id}/refusals.csv`)).status(), "control: in its own workspace").toBe(200);
  expect(await value("select state from workspace.imports where id = $1", [id]), "a foreign action had an effect").toBe("uploaded");
});

test("a form without a file that names another type of body is refused", async ({ as }) => {
  const page = await as(ADA);
  await open(page, PATH);
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const answer = await send("POST", PATH, { headers: { cookie, origin: BASE, "content-type": "multipart/form-data; boundary=x" }, text: "no parts" });
  expect(answer.status).toBe(400);
});
