// Unusual requests: a path that browsers read as a host never becomes a redirect (docs/SECURITY.md, I-19). A form with
// too many or too long fields is refused before it is parsed. Metrics need the token. Cookies are Secure over https.
import { request as http } from "node:http";
import { expect, test } from "@playwright/test";
import { rmSync } from "node:fs";
import { get, send, sessionOf } from "../support/raw";
import { BASE, METRICS_TOKEN, PORT, start, stop } from "../support/server";

const ADA = "ada@smartai.example";

/** Sends a request with exactly this target. */
function target(method: string, path: string, headers: Record<string, string>, body = ""): Promise<{ status: number; location: string }> {
  return new Promise((answered, failed) => {
    const sent = http({ port: PORT, host: "127.0.0.1", method, path, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => answered({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "" }));
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

test("no path leads to another host", async () => {
  const cookie = await sessionOf(ADA);
  const form = { "content-type": "application/x-www-form-urlencoded", origin: BASE, cookie };
  const paths = ["//smartai-it/overview", "//evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "/\\/evil.example", "//smartai-it/settings/members", "//home"];
  for (const path of paths) {
    for (const [method, headers, body] of [
      ["GET", { cookie }, ""],
      ["GET", {}, ""],
      ["HEAD", { cookie }, ""],
      ["POST", form, "action=request_access"],
      ["POST", form, "action=leave"],
      ["POST", { ...form, cookie: "" }, ""],
    ] as [string, Record<string, string>, string][]) {
      const answer = await target(method, path, headers, body);
      expect(answer.location, `redirect of ${method} ${path}`).not.toMatch(/^(\/\/|\/\\|[a-z]+:)/i);
      expect(answer.status, `status of ${method} ${path}`).toBeGreaterThanOrEqual(400);
    }
  }
  // Control: the page under its own address, and its redirect after the same form.
  expect((await target("GET", "/smartai-it/overview", { cookie })).status).toBe(200);
  expect(await target("POST", "/smartai-it/overview", form, "action=request_access")).toEqual({ status: 303, location: "/smartai-it/overview" });
});

test("a form with many or long fields is refused with a short answer", async () => {
  const headers = { origin: BASE, "content-type": "application/x-www-form-urlencoded" };
  const posted = async (path: string, body: string) => {
    const answer = await fetch(`${BASE}${path}`, { method: "POST", headers, body, redirect: "manual" });
    return { status: answer.status, length: (await answer.text()).length };
  };
  for (const path of ["/sign-in", "/", "/sign-up", "/reset", "/smartai-it/customers/new"]) {
    for (const [what, body] of [
      ["524,288 empty fields", "&".repeat(524_288)],
      ["300,000 fields", "a=&".repeat(300_000)],
      ["a long value", `email=${"a".repeat(900_000)}`],
      ["a long name", `${"a".repeat(900_000)}=x`],
    ]) {
      const answer = await posted(path, body);
      expect(answer.status, `status of ${what} at ${path}`).toBe(413);
      expect(answer.length, `length of the answer to ${what} at ${path}`).toBeLessThan(10_000);
    }
  }
  const boundary = "x".repeat(20);
  const parts = Array.from({ length: 400 }, (_, i) => `--${boundary}\r\nContent-Disposition: form-data; name="f${i}"\r\n\r\n1\r\n`).join("");
  const multipart = await fetch(`${BASE}/sign-in`, {
    method: "POST",
    headers: { origin: BASE, "content-type": `multipart/form-data; boundary=${boundary}` },
    body: `${parts}--${boundary}--\r\n`,
  });
  expect(multipart.status).toBe(413);
  const long = await fetch(`${BASE}/sign-in?next=${"a&".repeat(20_000)}`);
  expect([long.status, (await long.text()).length < 10_000], "a long address is not refused with a short answer").toEqual([414, true]);
  const control = await posted("/sign-in", "email=ada+at+smartai&password=x&next=");
  expect(control.status, "control: a normal form is read").toBe(422);
});

test("/metrics needs the token, or is on its own port where one is configured", async () => {
  for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${METRICS_TOKEN}`, `Bearer ${METRICS_TOKEN}x`]) {
    const answer = await get("/metrics", authorization ? { authorization } : {});
    expect(answer.status, authorization).toBe(401);
    expect(answer.body).not.toContain("stile_");
  }
  expect((await get("/metrics", { authorization: `Bearer ${METRICS_TOKEN}` })).body, "control: the token opens the metrics").toContain("stile_build_info");
  const port = PORT + 401;
  const other = await start(undefined, port, true, { STILE_METRICS_TOKEN: "", STILE_METRICS_LISTEN: `127.0.0.1:${port + 1}` });
  try {
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status, "the metrics are also on the port of the pages").toBe(404);
    const own = `http://127.0.0.1:${port + 1}`;
    expect(await (await fetch(`${own}/metrics`)).text()).toContain("stile_build_info");
    expect((await fetch(`${own}/sign-in`)).status, "the pages are also on the port of the metrics").toBe(404);
  } finally {
    await stop(other);
    rmSync(other.data, { recursive: true, force: true });
  }
});

test("over https every cookie is Secure, and scripts can read only the theme", async () => {
  const port = PORT + 403;
  const other = await start(undefined, port, true, { STILE_PUBLIC_URL: "https://stile.example" });
  try {
    const answer = await new Promise<string[]>((answered, failed) => {
      const headers = { host: "stile.example", origin: "https://stile.example", "content-type": "application/json" };
      const sent = http({ port, host: "127.0.0.1", method: "POST", path: "/api/fn/sign_in", headers }, (response) => {
        response.resume();
        response.on("end", () => answered(response.headers["set-cookie"] ?? []));
      });
      sent.on("error", failed);
      sent.end(JSON.stringify({ email: ADA, password: "stile-demo-2026", next: "" }));
    });
    const session = answer.find((cookie) => cookie.startsWith("__Host-stile="));
    expect(session, answer.join("\n")).toBeDefined();
    for (const part of ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"]) expect(session).toContain(part);
    const preferences = await new Promise<string[]>((answered, failed) => {
      const cookie = (session ?? "").split(";")[0];
      const headers = { host: "stile.example", origin: "https://stile.example", "content-type": "application/json", cookie };
      const sent = http({ port, host: "127.0.0.1", method: "POST", path: "/api/fn/save_preferences", headers }, (response) => {
        response.resume();
        response.on("end", () => answered(response.headers["set-cookie"] ?? []));
      });
      sent.on("error", failed);
      sent.end(JSON.stringify({ landing: "last", order: "name", theme: "dark", accents: "colour" }));
    });
    const theme = preferences.find((cookie) => cookie.startsWith("theme"));
    for (const part of ["; Secure", "; SameSite=Lax"]) expect(theme).toContain(part);
  } finally {
    await stop(other);
    rmSync(other.data, { recursive: true, force: true });
  }
});
