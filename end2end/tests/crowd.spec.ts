// Many requests at once: all of them are answered. No request needs a resource that the others hold until they finish.
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
    expect((await ask(request)).status(), "control: a single request is answered").toBe(200);
    const answers = await Promise.all(Array.from({ length: MANY }, () => ask(request)));
    const statuses = answers.map((a) => a.status());
    expect(statuses.filter((s) => s !== 200).length, `number of refused requests of ${MANY}: ${[...new Set(statuses)]}`).toBe(0);
    if (what === "documents of the picker") return;
    const { id } = await workspaceOf(IT);
    expect(new Set(answers.map((a) => a.headers()["stile-workspace"])), "an answer names another workspace").toEqual(new Set([id]));
  });
}
