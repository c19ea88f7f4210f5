// Internal errors: the error page shows the request id and does not claim that the database is unavailable. A form
// keeps its input.
import { expect, test } from "@playwright/test";
import { IT, customersOf, sql } from "../support/facts";
import { send, sessionOf } from "../support/raw";
import { BASE } from "../support/server";

const ADA = "ada@smartai.example";

/** Revokes a privilege of the server's role while `work` runs. Whatever needs it then fails as an internal error. */
async function without(right: string, table: string, work: () => Promise<void>): Promise<void> {
  await sql(`revoke ${right} on ${table} from stile_app`);
  try {
    await work();
  } finally {
    await sql(`grant ${right} on ${table} to stile_app`);
  }
}

test("a page that fails shows the request id and does not blame the database", async ({ browser }) => {
  const cookie = await sessionOf(ADA);
  const headers = { cookie };
  await without("select", "workspace.customers", async () => {
    const answer = await send("GET", `/${IT}/customers`, { headers });
    expect(answer.status).toBe(500);
    expect(answer.body).toContain('data-testid="broken"');
    expect(answer.body).toContain(answer.headers["x-request-id"]);
    expect(answer.body).not.toMatch(/unavailable|permission denied|workspace\.customers/i);
    const context = await browser.newContext({ baseURL: BASE });
    const [name, value] = cookie.split("=");
    await context.addCookies([{ name, value, url: BASE }]);
    const page = await context.newPage();
    await page.goto(`/${IT}/customers`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Something went wrong on the server");
    await expect(page.getByTestId("request-id")).toHaveText(/^[0-9a-f-]{36}$/);
    await context.close();
  });
  expect((await send("GET", `/${IT}/customers`, { headers })).status, "control: the page works with the privilege").toBe(200);
});

test("a form that fails keeps its input and shows the request id", async () => {
  const cookie = await sessionOf(ADA);
  const headers = { cookie, origin: BASE, "sec-fetch-site": "same-origin" };
  const path = `/${IT}/customers/new`;
  const grant = /name="grant" value="([^"]+)"/.exec((await send("GET", path, { headers })).body)?.[1] ?? "";
  const form = { action: "save", grant, name: "Fault Customer", email: "x@fault.example", country: "DE", note: "" };
  await without("insert", "workspace.customers", async () => {
    const answer = await send("POST", path, { headers, form });
    expect(answer.status).toBe(500);
    expect(answer.body).toContain("Fault Customer");
    expect(answer.body).toContain(answer.headers["x-request-id"]);
    expect(answer.body).not.toContain("temporarily unavailable");
  });
  // If the form's page can't be rendered either, the error page is shown.
  const [{ id }] = await customersOf(IT);
  await without("select", "workspace.customer_contacts", async () => {
    const answer = await send("POST", `/${IT}/customers/${id}/edit`, { headers, form: { ...form, name: "" } });
    expect([answer.status, answer.body.includes('data-testid="broken"')]).toEqual([500, true]);
  });
  const left = await sql<{ n: number }>("select count(*)::int as n from workspace.customers where name = 'Fault Customer'");
  expect(left[0].n).toBe(0);
});
