// Measures waiting times in Chromium against a release server: switches by palette and menu, with and without a dwell,
// on loopback and on an emulated connection; opening the palette, and keystrokes in it; a deep link in a browser
// without cached files; memory after many switches. The baseline is a full load of the other workspace's document. All
// are measured in one run, so that their ratios can be compared.
// Usage: node bench/switch.mjs BASE [REPETITIONS]. Prints JSON, and a table on stderr.
import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";
import { pickerBytes } from "./wire.mjs";

const base = process.argv[2];
const repetitions = Number(process.argv[3] ?? 30);
const warmUp = 5;
// Milliseconds for which a person looks at the highlighted row. The wait is part of the scenario.
const DWELL = 120;
// Milliseconds to wait after opening a window. In its first second, Chromium uses the CPU for the window itself. A
// person who follows a link already has an open window.
const SETTLED = 1_500;
const person = "scale-100@stile.example";
const password = "stile-demo-2026";
const debian = "/usr/bin/chromium";
const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({
  executablePath: existsSync(debian) ? debian : undefined,
  args: process.getuid?.() === 0 ? ["--no-sandbox", ...flags] : flags,
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
await context.request.post(`${base}/api/fn/sign_in`, {
  headers: { "content-type": "application/json", origin: base },
  data: { email: person, password, next: "" },
});
const seats = await (await context.request.post(`${base}/api/fn/load_picker`, {
  headers: { "content-type": "application/json", origin: base },
  data: { past_cache: true },
})).json();
const workspaces = seats.organizations.flatMap((o) => o.workspaces).slice(0, 20);

const page = await context.newPage();
// Stores the program's linear memory on the window, to measure it separately from the JavaScript heap.
await page.addInitScript(() => {
  for (const way of ["instantiateStreaming", "instantiate"]) {
    const own = WebAssembly[way];
    WebAssembly[way] = async (...given) => {
      const made = await own.apply(WebAssembly, given);
      // The second file of the program shares the memory of the first.
      window.linearMemory ??= (made.instance ?? made).exports.memory;
      return made;
    };
  }
});
const cdp = await context.newCDPSession(page);
/** Emulates a connection with a round trip of 40 ms and 10 Mbit/s, or none (loopback). */
const line = (slow, session = cdp) =>
  session.send("Network.emulateNetworkConditions", slow
    ? { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 }
    : { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
await cdp.send("Network.enable");
/** Waits until an element exists. Keeps no handle of it, because a handle would keep its whole page in memory. */
const seen = (selector) => page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector);
const live = () => page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));

/**
 * Prepares a stopwatch. It starts at the next Enter or click, and stops after the frame that shows the name and a row.
 */
const arm = (name) =>
  page.evaluate((wanted) => {
    window.stopwatch = new Promise((done) => {
      let started;
      const begin = (event) => {
        if (event.type === "keydown" && event.key !== "Enter") return;
        started ??= event.timeStamp;
      };
      addEventListener("keydown", begin, { capture: true });
      addEventListener("click", begin, { capture: true });
      // Checks on changes of the document and not by a timer, which would be a frame late.
      const observer = new MutationObserver(() => {
        const shown = document.querySelector("[data-testid=workspace-name]")?.textContent === wanted;
        if (started === undefined || !shown || !document.querySelector("tr[data-testid=row]")) return;
        observer.disconnect();
        // The frame is painted when its callbacks, its rendering and the next task have run.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => done(performance.now() - started);
          channel.port2.postMessage(0);
        });
      });
      observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
    });
  }, name);

async function byPalette(target, dwell) {
  await page.keyboard.press("Control+k");
  await seen("#palette:popover-open");
  await page.keyboard.type(target.slug);
  await seen(`.palette-item[aria-selected=true][data-slug="${target.slug}"]`);
  await arm(target.name);
  if (dwell) await page.waitForTimeout(DWELL);
  await page.keyboard.press("Enter");
  return page.evaluate(() => window.stopwatch);
}

async function byMenu(target, dwell) {
  await page.click("[data-testid=switcher]");
  const row = page.locator(`[data-testid=switcher-item][data-slug="${target.slug}"]`);
  await row.scrollIntoViewIfNeeded();
  await arm(target.name);
  // The same events as by hand: move, press, release. Without a dwell, there is no pause between them.
  if (dwell) {
    await row.hover();
    await page.waitForTimeout(DWELL);
    await page.mouse.down();
    await page.mouse.up();
  } else {
    await row.click();
  }
  return page.evaluate(() => window.stopwatch);
}

/** Clicks by script, as a number key or a screen reader does. No hover or press comes before the click. */
async function byScript(target) {
  await page.click("[data-testid=switcher]");
  const row = page.locator(`[data-testid=switcher-item][data-slug="${target.slug}"]`);
  await row.scrollIntoViewIfNeeded();
  await arm(target.name);
  await row.dispatchEvent("click");
  return page.evaluate(() => window.stopwatch);
}

async function byDocument(target) {
  const began = Date.now();
  await page.evaluate((url) => location.assign(url), `/${target.slug}/customers`);
  await page.waitForFunction((name) => document.querySelector("[data-testid=workspace-name]")?.textContent === name, target.name);
  await seen("tr[data-testid=row]");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const took = Date.now() - began;
  await live();
  return took;
}

/**
 * Measures from the key to the frame that shows changed rows in the palette. `before` is the length of their text
 * before the key.
 */
const keyed = (key, before) =>
  page.evaluate(([key, before]) => {
    window.stopwatch = new Promise((done) => {
      const begin = (event) => {
        if (event.key !== key) return;
        removeEventListener("keydown", begin, { capture: true });
        let found = false;
        const look = () => {
          const list = document.querySelector("#palette:popover-open #palette-list");
          if (found || !list?.querySelector(".palette-item") || list.textContent.length === before) return;
          found = true;
          observer.disconnect();
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => done(performance.now() - event.timeStamp);
            channel.port2.postMessage(0);
          });
        };
        const observer = new MutationObserver(look);
        // Opening the palette causes no mutation.
        addEventListener("beforetoggle", () => queueMicrotask(look), { capture: true, once: true });
        observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
      };
      addEventListener("keydown", begin, { capture: true });
    });
  }, [key, before]);

async function paletteOpens() {
  await keyed("k", -1);
  await page.keyboard.press("Control+k");
  const took = await page.evaluate(() => window.stopwatch);
  await page.keyboard.press("Escape");
  await seen("#palette:not(:popover-open)");
  return took;
}

async function keystroke() {
  await page.keyboard.press("Control+k");
  await seen("#palette:popover-open .palette-item");
  const before = await page.evaluate(() => document.querySelector("#palette-list").textContent.length);
  await keyed("a", before);
  await page.keyboard.press("a");
  const took = await page.evaluate(() => window.stopwatch);
  await page.keyboard.press("Escape");
  await seen("#palette:not(:popover-open)");
  return took;
}

let firstLoad;
/**
 * Opens a deep link in a browser that has only the cookie. Returns the time to the first row, and to the live program.
 */
async function cold(target, slow) {
  const fresh = await browser.newContext({ viewport: { width: 1280, height: 900 }, storageState: await context.storageState() });
  const tab = await fresh.newPage();
  const session = await fresh.newCDPSession(tab);
  await session.send("Network.enable");
  await line(slow, session);
  await tab.addInitScript(() => {
    const look = () => {
      if (!window.rowAt && document.querySelector("tr[data-testid=row]")) requestAnimationFrame(() => (window.rowAt ??= performance.now()));
      if (document.documentElement?.hasAttribute("data-live")) window.liveAt ??= performance.now();
      if (!window.rowAt || !window.liveAt) setTimeout(look, 0);
    };
    look();
  });
  await tab.waitForTimeout(SETTLED);
  await tab.goto(`${base}/${target.slug}/customers`, { waitUntil: "commit" });
  await tab.waitForFunction(() => window.rowAt && window.liveAt);
  const took = await tab.evaluate(() => [window.rowAt, window.liveAt]);
  const [document_, ...parts] = await tab.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((e) => e.transferSize));
  firstLoad = { requests: 1 + parts.length, kB: Math.round([document_, ...parts].reduce((a, b) => a + b, 0) / 1000) };
  await fresh.close();
  return took;
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(q * values.length) - 1)];
async function measure(name, act) {
  const values = [];
  for (let i = 0; i < repetitions + warmUp; i++) {
    const target = workspaces[(i % (workspaces.length - 1)) + 1];
    const here = await page.textContent("[data-testid=workspace-name]").catch(() => "");
    const to = here === target.name ? workspaces[0] : target;
    const took = await act(to);
    if (i >= warmUp) values.push(took);
  }
  process.stderr.write(".");
  return { name, p50: Math.round(quantile(values, 0.5) * 10) / 10, p95: Math.round(quantile(values, 0.95) * 10) / 10, n: values.length };
}

const start = async () => {
  await page.goto(`${base}/${workspaces[0].slug}/customers`);
  await live();
};
await start();
const results = [];
for (const slow of [false, true]) {
  await line(slow);
  const on = slow ? "40 ms line: " : "";
  results.push(await measure(`${on}palette, Enter at once`, (t) => byPalette(t, false)));
  results.push(await measure(`${on}palette, ${DWELL} ms highlighted before Enter`, (t) => byPalette(t, true)));
  results.push(await measure(`${on}menu, click at once`, (t) => byMenu(t, false)));
  results.push(await measure(`${on}menu, ${DWELL} ms hovered before the click`, (t) => byMenu(t, true)));
  results.push(await measure(`${on}menu, click without a press before it`, byScript));
  results.push(await measure(`${on}location.assign of the other workspace`, byDocument));
}
await line(false);
const WIRE = "application/vnd.stile";
const listed = (accept) =>
  context.request.post(`${base}/api/fn/load_picker`, { headers: { "content-type": "application/json", accept, origin: base }, data: { past_cache: false } });
const sent = await (await listed(WIRE)).body();
const build = sent.subarray(0, sent.indexOf("\n") + 1);
if (!pickerBytes(build, await (await listed("application/json")).json()).equals(sent)) throw new Error("wire.mjs writes lists otherwise than the server");
/** Replaces the list of seats by one with `count` seats, encoded as the server does. */
async function withSeats(count) {
  const [organization] = seats.organizations;
  const [like] = organization.workspaces;
  const words = ["North", "Harbour", "Atlas", "Ledger", "Maple", "Quartz", "Signal", "Willow"];
  const rows = Array.from({ length: count }, (_, i) => ({
    ...like,
    id: `018f4d9e-0000-7000-8000-${String(i).padStart(12, "0")}`,
    name: `${words[i % 8]} ${words[(i >> 3) % 8]} ${i}`,
    slug: `${words[i % 8]}-${words[(i >> 3) % 8]}-${i}`.toLowerCase(),
    pinned: false,
  }));
  const now = Date.now() + 60_000;
  const list = { ...seats, organizations: [{ ...organization, workspaces: rows }], as_of: now };
  await page.route("**/api/fn/load_picker", (route) => route.fulfill({ contentType: WIRE, body: pickerBytes(build, list) }));
  // With the changed clock, the current list is a minute old, so opening the palette requests a new one.
  await page.evaluate(() => { const clock = Date.now.bind(Date); Date.now = () => clock() + 60_000; });
  const answered = page.waitForResponse((r) => r.url().endsWith("/api/fn/load_picker"));
  await page.keyboard.press("Control+k");
  await answered;
  await page.waitForFunction((most) => Number(document.querySelector("#palette-list")?.dataset.lines) >= most, count);
  await page.keyboard.press("Escape");
  await seen("#palette:not(:popover-open)");
  await page.waitForTimeout(DWELL * 5);
}
for (const count of [10, 100, 1_000, 10_000]) {
  await start();
  await withSeats(count);
  const named = count.toLocaleString("en");
  results.push(await measure(`palette opens, ${named} workspaces`, paletteOpens));
  results.push(await measure(`palette keystroke, ${named} workspaces`, keystroke));
  await page.unroute("**/api/fn/load_picker");
}
for (const slow of [false, true]) {
  const rows = [];
  const usable = [];
  for (let i = 0; i < Math.min(repetitions, 15) + 1; i++) {
    const [row, live] = await cold(workspaces[i % workspaces.length], slow);
    if (i > 0) (rows.push(row), usable.push(live));
  }
  const on = slow ? "40 ms line: " : "";
  const entry = (name, values) => ({ name, p50: Math.round(quantile(values, 0.5) * 10) / 10, p95: Math.round(quantile(values, 0.95) * 10) / 10, n: values.length });
  results.push(entry(`${on}cold deep link to the first row`, rows), entry(`${on}cold deep link to a live console`, usable));
}

/** Returns the memory of the tab after a garbage collection: JavaScript heap, linear memory of the program, nodes. */
async function memory() {
  // The palette removes its rows shortly after it has closed.
  await page.waitForFunction(() => document.querySelector(".palette-item") === null);
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { nodes } = await cdp.send("Memory.getDOMCounters");
  const linear = await page.evaluate(() => window.linearMemory.buffer.byteLength);
  return { heapKb: Math.round(usedSize / 1024), linearKb: linear / 1024, nodes };
}
await start();
const held = [];
for (let i = 1; i <= 150; i++) {
  const target = workspaces[i % workspaces.length];
  await byPalette(target, false);
  if (i % 50 === 0) held.push({ switches: i, ...(await memory()) });
}
await browser.close();
const naive = (name) => results.find((r) => r.name === `${name.startsWith("40 ms") ? "40 ms line: " : ""}location.assign of the other workspace`).p50;
for (const r of results) r.ratio = Math.round((r.p50 / naive(r.name)) * 100) / 100;
for (const r of results) console.error(`${r.name.padEnd(52)} p50 ${String(r.p50).padStart(6)} ms   p95 ${String(r.p95).padStart(6)} ms   ${String(r.ratio).padStart(5)} of a load   n ${r.n}`);
console.error(`a first visit: ${firstLoad.requests} requests, ${firstLoad.kB} kB`);
for (const h of held) console.error(`after ${h.switches} switches: heap ${h.heapKb} kB, linear memory ${h.linearKb} kB, ${h.nodes} nodes`);
console.log(JSON.stringify({ person, workspaces: seats.organizations.flatMap((o) => o.workspaces).length, results, held, firstLoad }, null, 2));
