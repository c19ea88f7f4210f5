// Files of invoices: the PDF has the numbers of the page and is made once; names in other scripts are printed; a guest gets
// those of a shared customer only; what is foreign, missing or a draft has no file. The lines are a safe CSV file.
import { randomUUID } from "node:crypto";
import { type APIRequestContext, expect, test } from "@playwright/test";
import { sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { issueInvoice } from "../support/issued";
import { textOf } from "../support/pdf";
import { contextOf, open } from "../support/people";
import { get } from "../support/raw";
import { type Shop, openShop } from "../support/shop";
import { tokenOf } from "../support/tokens";

let shop: Shop;

test.beforeEach(async () => {
  shop = await openShop("pdf");
});

async function download(request: APIRequestContext, path: string): Promise<Buffer> {
  const answer = await request.get(path);
  expect([answer.status(), answer.headers()["content-type"]], path).toEqual([200, "application/pdf"]);
  return await answer.body();
}

test("the PDF has the numbers of the page, and the second download is the same file", async ({ browser }) => {
  const { id, number } = await issueInvoice(shop, "Alder & Finch");
  const context = await contextOf(browser, shop.owner);
  const path = `/${shop.slug}/invoices/${id}`;
  const first = await download(context.request, `${path}/pdf`);
  const answer = await context.request.get(`${path}/pdf`);
  expect(answer.headers()["content-disposition"]).toBe(`attachment; filename="${number}.pdf"`);
  expect((await answer.body()).equals(first), "the second download is another file").toBe(true);
  expect(await sql("select 1 from workspace.invoice_files where invoice_id = $1", [id]), "the file is kept once").toHaveLength(1);

  const lines = await textOf(first);
  for (const text of [`Invoice`, number, "Shop GmbH", "Alder & Finch", "Tokens", "€100.00", "19 %", "€19.00", "€119.00", "Page 1 of 1"]) {
    expect(lines, lines.join("\n")).toContain(text);
  }
  const page = await context.newPage();
  await open(page, path);
  const shown = (await page.locator("#main").innerText()).replaceAll(" ", " ");
  const amounts = lines.filter((line) => /^−?€[\d,]+\.\d\d$/.test(line));
  expect(amounts.length).toBeGreaterThanOrEqual(4);
  for (const amount of amounts) expect(shown, "an amount of the PDF is not on the page").toContain(amount);
  await context.close();
});

for (const [script, name] of [["Chinese", "北京测试有限公司"], ["Japanese", "株式会社東京商事"], ["Korean", "서울상사"], ["Cyrillic", "ООО Ромашка"]]) {
  test(`a ${script} name is printed`, async ({ browser }) => {
    const { id } = await issueInvoice(shop, name);
    const context = await contextOf(browser, shop.owner);
    const lines = await textOf(await download(context.request, `/${shop.slug}/invoices/${id}/pdf`));
    expect(lines, lines.join("\n")).toContain(name);
    await context.close();
  });
}

test("an Arabic name is printed from right to left", async ({ browser }) => {
  const name = "شركة البستان";
  const { id } = await issueInvoice(shop, name);
  const context = await contextOf(browser, shop.owner);
  const lines = await textOf(await download(context.request, `/${shop.slug}/invoices/${id}/pdf`));
  // A letter whose dots are a glyph of their own is read twice.
  const letters = (text: string) => [...new Set(text.match(/\p{Script=Arabic}/gu))].sort().join("");
  expect(letters(lines.join("")), lines.join("\n")).toBe(letters(name));
  expect(lines.join(""), "a letter has no glyph").not.toContain("?");
  await context.close();
});

test("a guest gets the files of a shared customer, and nothing of another one", async ({ browser }) => {
  const guest = await register(fresh("pdf-guest"), "Guest");
  const other = randomUUID();
  await sql("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, $2, 'Hidden', 'hidden@acme.example', 'DE')", [shop.id, other]);
  await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, 'guest' from account.users where email = $2", [shop.id, guest]);
  await sql("insert into workspace.customer_shares (workspace_id, customer_id, user_id) select $1, $2, id from account.users where email = $3", [shop.id, shop.customer, guest]);
  const shared = await issueInvoice(shop, "Acme");
  const hidden = await issueInvoice(shop, "Hidden", "Secret tokens", other);
  const context = await contextOf(browser, guest);
  const bytes = await download(context.request, `/${shop.slug}/invoices/${shared.id}/pdf`);
  expect(await textOf(bytes)).toContain(shared.number);
  expect((await context.request.get(`/${shop.slug}/invoices/${shared.id}/lines.csv`)).status()).toBe(200);
  for (const file of ["pdf", "lines.csv"]) {
    const [foreign, missing] = await Promise.all([hidden.id, randomUUID()].map((id) => context.request.get(`/${shop.slug}/invoices/${id}/${file}`)));
    expect([foreign.status(), missing.status()], file).toEqual([404, 404]);
    expect(await foreign.text()).not.toContain("Secret");
  }
  await context.close();
});

test("nobody gets a file of a workspace without a seat, by page or by API", async ({ browser }) => {
  const { id } = await issueInvoice(shop, "Acme");
  const stranger = await openShop("pdf-stranger");
  const context = await contextOf(browser, stranger.owner);
  const [mine, theirs] = [await tokenOf(browser, shop.owner, "Files"), await tokenOf(browser, stranger.owner, "Files")];
  for (const file of ["pdf", "lines.csv"]) {
    for (const slug of [shop.slug, stranger.slug]) {
      expect((await context.request.get(`/${slug}/invoices/${id}/${file}`)).status(), `${slug} ${file}`).toBe(404);
      expect((await get(`/api/v1/workspaces/${slug}/invoices/${id}/${file}`, { authorization: `Bearer ${theirs}` })).status, `${slug} ${file}`).toBe(404);
    }
    const control = await get(`/api/v1/workspaces/${shop.slug}/invoices/${id}/${file}`, { authorization: `Bearer ${mine}` });
    expect([control.status, control.headers["content-type"]], "control").toEqual([200, file === "pdf" ? "application/pdf" : "text/csv; charset=utf-8"]);
    const known = await get(`/api/v1/workspaces/${shop.slug}/invoices/${id}/${file}`, { authorization: `Bearer ${mine}`, "if-none-match": control.headers.etag });
    expect(known.status).toBe(304);
  }
  expect(await sql("select 1 from workspace.invoice_files f where f.invoice_id = $1", [id])).toHaveLength(1);
  await context.close();
});

test("the lines are a CSV file that no spreadsheet runs", async ({ browser }) => {
  const { id, number } = await issueInvoice(shop, "Acme", '=HYPERLINK("https://evil.example")');
  const context = await contextOf(browser, shop.owner);
  const answer = await context.request.get(`/${shop.slug}/invoices/${id}/lines.csv`);
  expect(answer.headers()["content-disposition"]).toBe(`attachment; filename="${number}-lines.csv"`);
  const [head, row] = (await answer.text()).replace("﻿", "").split("\r\n");
  expect(head).toBe("number,line,name,detail,first_day,last_day,quantity,unit,net,currency,tax_category,tax_percent");
  expect(row).toContain(`${number},1,"'=HYPERLINK(`);
  expect(row).toMatch(/,100\.00,EUR,S,19$/);
  await context.close();
});
