// Measures how many requests per second a release server answers. PostgreSQL and the load generator (wrk) run on the
// same machine. Requests: the list of seats, a page of customers, and a switch with entering, with 1, 16 and 64
// connections of four people. Also measures the server's CPU time per request and its memory.
// Usage: node bench/server.mjs BASE PID [SECONDS]. Prints JSON, and a table on stderr.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [base, pid, seconds = "8"] = process.argv.slice(2);
// Several people, because under sustained load the server answers only one request of a person at a time.
const people = [100, 99, 98, 97].map((many) => `scale-${many}@stile.example`);
const password = "stile-demo-2026";
const json = { "content-type": "application/json", origin: base };
const answered = async (response) => {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
};
const call = async (name, body, headers = {}) =>
  answered(await fetch(`${base}/api/fn/${name}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) }));

/** Cookie, token and workspaces of each person. */
const known = await Promise.all(people.map(async (email) => {
  const signedIn = await call("sign_in", { email, password, next: "" });
  const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const seats = await (await call("load_picker", { past_cache: true }, { cookie })).json();
  const { secret } = await (await call("create_token", { name: "bench", password }, { cookie })).json();
  return { cookie, bearer: `Bearer ${secret}`, slugs: seats.organizations.flatMap((o) => o.workspaces).map((w) => w.slug) };
}));

const places = mkdtempSync(join(tmpdir(), "stile-bench-"));
/**
 * Writes a script for wrk. Requests rotate through the people, and `%s` is replaced by each of their workspaces in
 * turn.
 */
function script(name, { method = "GET", path, headers, body }) {
  const lua = (text) => JSON.stringify(text).replace(/\\u/g, "\\\\u");
  const table = (value) =>
    Array.isArray(value) ? `{${value.map(table).join(",")}}`
    : typeof value === "object" ? `{${Object.entries(value).map(([k, v]) => `[${lua(k)}]=${table(v)}`).join(",")}}`
    : lua(value);
  const file = join(places, `${name}.lua`);
  // gsub returns two values. The assignment to a local variable keeps only the first.
  writeFileSync(file, [
    `local people = ${table(known.map((person) => ({ slugs: person.slugs, headers: headers(person) })))}`,
    `local at = 0`,
    `function request()`,
    ` at = at + 1`,
    ` local person = people[at % #people + 1]`,
    ` local slug = person.slugs[math.floor(at / #people) % #person.slugs + 1]`,
    ` local path = string.gsub(${lua(path)}, "%%s", slug)`,
    body ? ` local body = string.gsub(${lua(body)}, "%%s", slug)` : ` local body = nil`,
    ` return wrk.format(${lua(method)}, path, person.headers, body)`,
    `end`, "",
  ].join("\n"));
  return file;
}
const bearer = (person) => ({ authorization: person.bearer });
const subjects = [
  ["my 100 workspaces with roles", script("seats", { path: "/api/v1/me/workspaces", headers: bearer })],
  ["20 customers of one workspace", script("customers", { path: "/api/v1/workspaces/%s/customers", headers: bearer })],
  [
    "switch plus enter, with the first page",
    script("switch", {
      method: "POST", path: "/api/fn/open_workspace", headers: (person) => ({ ...json, cookie: person.cookie }),
      body: JSON.stringify({ to: "%s", page: "customers" }),
    }),
  ],
];

const ticks = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
/** Returns the CPU time of the server so far, in milliseconds. */
const busy = () => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
};
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const milliseconds = (text) => {
  const [, number, unit] = /([\d.]+)(us|ms|s)/.exec(text);
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
};
const round = (value, digits = 2) => Number(value.toFixed(digits));

const results = [];
for (const [name, file] of subjects) {
  for (const connections of [1, 16, 64]) {
    const run = (time) => execFileSync("wrk", ["-t1", `-c${connections}`, `-d${time}s`, "--latency", "-s", file, base]).toString();
    run(2);
    const before = busy();
    const output = run(seconds);
    const spent = busy() - before;
    const requests = Number(/(\d+) requests in/.exec(output)[1]);
    results.push({
      name, connections,
      perSecond: Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1])),
      p50: round(milliseconds(/^\s+50%\s+(\S+)/m.exec(output)[1])),
      p99: round(milliseconds(/^\s+99%\s+(\S+)/m.exec(output)[1])),
      failed: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0) + Number(/timeout (\d+)/.exec(output)?.[1] ?? 0),
      cpuMs: round(spent / requests, 3),
      memoryMb: round(resident(), 1),
    });
  }
}
console.error("| what | connections | requests/s | p50 | p99 | not 2xx | server CPU a request | server memory |\n|---|---:|---:|---:|---:|---:|---:|---:|");
for (const r of results) console.error(`| ${r.name} | ${r.connections} | ${r.perSecond} | ${r.p50} ms | ${r.p99} ms | ${r.failed} | ${r.cpuMs} ms | ${r.memoryMb} MB |`);
console.log(JSON.stringify(results, null, 2));
