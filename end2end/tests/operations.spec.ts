// Operation: security headers and Content-Security-Policy (docs/SECURITY.md, I-20), health, readiness, metrics by route
// template (I-24), caching, and the workspace that an answer names (I-8).
import { expect, test } from "@playwright/test";
import { contextOf } from "../support/people";
import { get, send, sessionOf } from "../support/raw";
import { BASE, METRICS_TOKEN } from "../support/server";

const ADA = "ada@smartai.example";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("every response has the security headers and a unique request id", async () => {
  const cookie = await sessionOf(ADA);
  const script = /src="(\/pkg\/[^"]+)"/.exec((await get("/sign-in")).body)?.[1] ?? "";
  const ids = new Set<string>();
  const paths = ["/sign-in", "/home", "/smartai-it/overview", "/no-such-workspace", "/api/v1/openapi.json", "/api/v1/me/workspaces", "/healthz", "/metrics", script, "/favicon.svg", "/pkg/none/stile.js"];
  for (const path of paths) {
    const { headers } = await get(path, { cookie });
    expect.soft(headers["x-content-type-options"], path).toBe("nosniff");
    expect.soft(headers["x-frame-options"], path).toBe("DENY");
    expect.soft(headers["referrer-policy"], path).toBe("same-origin");
    expect.soft(headers["cross-origin-opener-policy"], path).toBe("same-origin");
    expect.soft(headers["cross-origin-resource-policy"], path).toBe("same-origin");
    expect.soft(headers["content-security-policy"], path).toMatch(/frame-ancestors 'none'/);
    expect.soft(headers["content-security-policy"], path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
    expect.soft(headers["x-request-id"], path).toMatch(UUID);
    expect.soft(headers.server, `${path} names the server software`).toBeUndefined();
    ids.add(headers["x-request-id"]);
  }
  expect(ids.size, "a request id was used twice").toBe(paths.length);
  const asked = await get("/healthz", { "x-request-id": "forged" });
  expect(asked.headers["x-request-id"], "the server uses the client's request id").toMatch(UUID);
});

test("each page has a new nonce, and all its scripts have it", async () => {
  const cookie = await sessionOf(ADA);
  const nonces = new Set<string>();
  for (const [path, headers] of [["/sign-in", {}], ["/sign-in", {}], ["/smartai-it/overview", { cookie }], ["/home", { cookie }]] as const) {
    const page = await get(path, headers);
    const policy = page.headers["content-security-policy"];
    const nonce = /script-src 'nonce-([\w-]{22,})' 'strict-dynamic' 'wasm-unsafe-eval';/.exec(policy)?.[1];
    expect(nonce, `the policy of ${path} has no valid nonce: ${policy}`).toBeDefined();
    const scripts = [...page.body.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag).filter((tag) => !tag.includes("application/vnd.stile"));
    expect(scripts.length, "the page has no script").toBeGreaterThan(0);
    for (const tag of scripts) expect(tag, `${path}: a script lacks the nonce`).toContain(`nonce="${nonce}"`);
    expect(page.body, `${path} has an inline style or handler`).not.toMatch(/\sstyle="|\son[a-z]+="/);
    nonces.add(nonce ?? "");
  }
  expect(nonces.size, "a nonce was used twice").toBe(4);
});

test("pages and answers are not cached; the client's files are cached forever under a name derived from their content", async ({ browser }) => {
  const cookie = await sessionOf(ADA);
  for (const path of ["/sign-in", "/home", "/smartai-it/customers", "/no-such-workspace", "/account/tokens", "/api/v1/openapi.json", "/healthz", "/metrics"]) {
    expect((await get(path, { cookie })).headers["cache-control"], path).toBe("no-store");
  }
  const call = await send("POST", "/api/fn/load_picker", { headers: { cookie, origin: BASE }, json: { past_cache: false } });
  expect([call.status, call.headers["cache-control"]]).toEqual([200, "no-store"]);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  const files: Record<string, string | undefined> = {};
  page.on("response", (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith("/pkg/")) files[path] = response.headers()["cache-control"];
  });
  await page.goto("/smartai-it/overview", { waitUntil: "networkidle" });
  expect(Object.keys(files).map((path) => path.split(".").at(-1)).toSorted(), "not all files of the client were loaded").toEqual(["css", "css", "js", "js", "wasm", "woff2"]);
  for (const [path, caching] of Object.entries(files)) {
    expect(path).toMatch(/^\/pkg\/[0-9a-f]{12}\//);
    expect(caching, path).toBe("public, max-age=31536000, immutable");
  }
  await context.close();
});

test("the client's files are compressed for clients that accept it", async () => {
  const page = (await get("/sign-in")).body;
  for (const file of [/href="(\/pkg\/[^"]+\.css)"/, /href="(\/pkg\/[^"]+\.wasm)"/]) {
    const path = file.exec(page)?.[1] ?? "";
    const [small, plain] = [await get(path, { "accept-encoding": "br" }), await get(path, { "accept-encoding": "identity" })];
    expect([small.status, small.headers["content-encoding"]], path).toEqual([200, "br"]);
    expect([plain.status, plain.headers["content-encoding"]], path).toEqual([200, undefined]);
    expect(Number(small.headers["content-length"]), path).toBeLessThan(Number(plain.headers["content-length"]) / 2);
  }
});

test("pages and long answers are compressed only for our own pages and the address bar", async () => {
  const cookie = await sessionOf(ADA);
  const accepts = { cookie, "accept-encoding": "gzip, br" };
  for (const site of ["none", "same-origin"]) {
    const page = await get("/smartai-it/customers", { ...accepts, "sec-fetch-site": site });
    expect([page.status, page.headers["content-encoding"], page.headers.vary], site).toEqual([200, "br", "accept-encoding"]);
  }
  for (const site of ["same-site", "cross-site", undefined]) {
    const page = await get("/smartai-it/customers", site ? { ...accepts, "sec-fetch-site": site } : accepts);
    expect([page.status, page.headers["content-encoding"]], `a page is compressed for ${site}, so its length reveals its content`).toEqual([200, undefined]);
  }
  const plain = await get("/smartai-it/customers", { cookie, "accept-encoding": "identity", "sec-fetch-site": "none" });
  expect([plain.status, plain.headers["content-encoding"]], "a page is compressed although the client does not accept it").toEqual([200, undefined]);
  const answer = await get("/api/v1/openapi.json", { ...accepts, "sec-fetch-site": "same-origin" });
  expect([answer.status, answer.headers["content-encoding"]], "a long answer is not compressed").toEqual([200, "br"]);
});

test("only responses of a workspace name it", async () => {
  const cookie = await sessionOf(ADA);
  const page = await get("/smartai-it/customers", { cookie });
  const finance = await get("/globalai-finance/customers", { cookie });
  expect(page.headers["stile-workspace"]).toMatch(UUID);
  expect(finance.headers["stile-workspace"]).not.toBe(page.headers["stile-workspace"]);
  for (const path of ["/home", "/no-such-workspace", "/account/tokens"]) expect((await get(path, { cookie })).headers["stile-workspace"], path).toBeUndefined();
});

test("/healthz and /readyz answer under every host name", async () => {
  for (const headers of [{}, { host: "10.0.0.7:3000" }] as Record<string, string>[]) {
    const [alive, ready] = [await get("/healthz", headers), await get("/readyz", headers)];
    expect([alive.status, alive.body]).toEqual([200, "ok"]);
    expect([ready.status, ready.body]).toEqual([200, "ready"]);
  }
  expect((await send("POST", "/healthz")).status, "/healthz accepts a POST").toBe(405);
});

test("/metrics counts requests by route template and contains no input", async () => {
  const cookie = await sessionOf(ADA);
  const counted = async () => {
    const { body, headers } = await get("/metrics", { authorization: `Bearer ${METRICS_TOKEN}` });
    expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    return body;
  };
  const lines = /^stile_http_requests_total\{[^}]*route="\/\{workspace\}\/customers",method="GET",status="200"\} (\d+)$/gm;
  const line = (body: string) => [...body.matchAll(lines)].reduce((sum, found) => sum + Number(found[1]), 0);
  const before = line(await counted());
  await get("/smartai-it/customers?q=typedsecret", { cookie });
  await get("/typedworkspace/typedpage", { cookie });
  const after = await counted();
  expect(line(after) - before, "the request was not counted once").toBe(1);
  expect(after).not.toMatch(/typed|smartai|ada@/);
  for (const name of ["stile_http_request_duration_seconds_bucket", "stile_db_connections", "stile_build_info"]) expect(after).toContain(name);
});

test("a call with wrong arguments gets 400 and no internal details", async () => {
  const headers = { cookie: await sessionOf(ADA), origin: BASE };
  for (const json of [{}, { past_cache: "soon" }, { slug: "smartai-it" }]) {
    const answer = await send("POST", "/api/fn/load_picker", { headers, json });
    expect([answer.status, answer.body], JSON.stringify(json)).toEqual([400, '"malformed"']);
  }
  expect((await send("POST", "/api/fn/load_picker", { headers, json: { past_cache: false } })).status, "control: correct arguments are accepted").toBe(200);
});

test("errors for missing paths and methods have the format of their path", async () => {
  const api = await get("/api/v2/nothing");
  expect([api.status, JSON.parse(api.body).code]).toEqual([404, "not_found"]);
  const method = await send("DELETE", "/api/v1/me/workspaces");
  expect([method.status, JSON.parse(method.body).code]).toEqual([405, "method_not_allowed"]);
  const page = await send("PUT", "/home");
  expect([page.status, page.headers.allow]).toEqual([405, "GET, HEAD, POST"]);
  const large = await send("POST", "/sign-in", { headers: { origin: BASE }, form: { email: "a".repeat(1_100_000) } });
  expect(large.status).toBe(413);
});
