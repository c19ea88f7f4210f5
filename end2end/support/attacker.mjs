// A client that asks without end, in a process of its own, so that it takes no time of the one that measures. It reads
// one line of JSON, prints the status of its first request, and asks until its input ends. Then it prints how often each
// status was answered (0: cut off).
//
// { base, lanes, requests: [{ method, path, cookie, json }], cutAfter: [ms] }: so many requests at a time, each on a
// connection of its own. The n-th is the n-th of `requests` in turn, with "{n}" in its path replaced, and is cut off
// after the n-th of `cutAfter`.
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
// As text, which no setting for terminals colours.
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
