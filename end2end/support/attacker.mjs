// Sends requests without pause. Runs in a separate process, so that it does not delay the process that measures.
//
// It reads its configuration as one line of JSON from standard input and prints the status of its first request. It
// sends requests until its input is closed, then prints the number of answers for each status (0: aborted).
//
//   { base, lanes, requests: [{ method, path, cookie, json }], cutAfter: [ms] }
//
// `lanes` is the number of concurrent requests, each on its own connection. Request number n uses the entry n of
// `requests`, modulo its length, and "{n}" in its path is replaced by n. It is aborted after entry n of `cutAfter`,
// modulo its length. The first request is never aborted, and without `cutAfter` none is.
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

const input = createInterface({ input: process.stdin });
const { base, lanes, requests, cutAfter } = JSON.parse(await new Promise((line) => input.once("line", line)));
const { hostname, port } = new URL(base);
const agent = new Agent({ keepAlive: true, maxSockets: lanes });
const prepared = requests.map(({ method, path, cookie, json }) => {
  const data = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  const headers = { origin: base, cookie };
  if (data) Object.assign(headers, { "content-type": "application/json", "content-length": data.length });
  return { method: method ?? "GET", path, headers, data };
});

const ask = (n, cut) =>
  new Promise((done) => {
    const { method, path, headers, data } = prepared[n % prepared.length];
    const sent = request({ hostname, port, agent, method, path: path.replace("{n}", String(n)), headers }, (response) => {
      response.on("error", () => done(0));
      response.on("end", () => done(response.statusCode ?? 0));
      response.resume();
    });
    sent.on("error", () => done(0));
    if (cut !== undefined) setTimeout(() => sent.destroy(), cut);
    sent.end(data);
  });

const statuses = {};
const turn = async (n) => {
  const status = await ask(n, n > 0 ? cutAfter?.[n % cutAfter.length] : undefined);
  statuses[status] = (statuses[status] ?? 0) + 1;
  return status;
};
// A string, because Node may print a number in colour.
console.log(`${await turn(0)}`);
let going = true;
let n = 0;
input.once("close", () => (going = false));
const lane = async () => {
  while (going) await turn(++n);
};
await Promise.all(Array.from({ length: lanes }, lane));
console.log(JSON.stringify(statuses));
process.exit(0);
