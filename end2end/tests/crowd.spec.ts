// Invariant: many requests at once wait for one another and are all answered; none needs, to finish, what the others hold.
import { type APIResponse, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { call } from "../support/calls";
import { IT, workspaceOf } from "../support/facts";

const MANY = 64;

for (const [what, ask] of [
  ["switches", (request) => call(request, "open_workspace", { to: IT, page: "customers" })],
  ["documents of a workspace", (request) => request.get(`/${IT}/customers`)],
  ["documents of the picker", (request) => request.get("/home")],
] satisfies [string, (request: Parameters<typeof call>[0]) => Promise<APIResponse>][]) {
  test(`${MANY} ${what} at once are all answered`, async ({ as }) => {
    const { request } = (await as(ADA)).context();
    expect((await ask(request)).status(), "control: one is answered").toBe(200);
    const answers = await Promise.all(Array.from({ length: MANY }, () => ask(request)));
    const statuses = answers.map((a) => a.status());
    expect(statuses.filter((s) => s !== 200).length, `of ${MANY} requests were refused: ${[...new Set(statuses)]}`).toBe(0);
    if (what === "documents of the picker") return;
    const { id } = await workspaceOf(IT);
    expect(new Set(answers.map((a) => a.headers()["stile-workspace"])), "each names the workspace").toEqual(new Set([id]));
  });
}
