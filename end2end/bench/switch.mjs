// How long a switch takes, from the key or click to the frame that shows the new workspace's name and its first row,
// beside what it is compared with: loading the other workspace's document. One run, one browser, one server.
// Usage: node bench/switch.mjs BASE [REPETITIONS]. Prints JSON, and a table on stderr.
import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";

const base = process.argv[2];
const repetitions = Number(process.argv[3] ?? 30);
const warmUp = 5;
// How long a person looks at what is highlighted, in milliseconds: part of what is measured, not a wait for anything.
const DWELL = 200;
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
const live = () => page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));

/** Arms a stopwatch that starts at the next Enter or click and stops after the frame with the name and a row. */
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
      const look = () => {
        const shown = document.querySelector("[data-testid=workspace-name]")?.textContent === wanted;
        if (started !== undefined && shown && document.querySelector("tr[data-testid=row]")) {
          // Painted: behind this frame's callbacks, its rendering, and one task after it.
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => done(performance.now() - started);
            channel.port2.postMessage(0);
          });
          return;
        }
        setTimeout(look, 0);
      };
      look();
    });
  }, name);

async function byPalette(target, dwell) {
  await page.keyboard.press("Control+k");
  await page.waitForSelector("#palette[open]");
  await page.keyboard.type(target.slug);
  await page.waitForSelector(`.palette-item[aria-selected=true][data-slug="${target.slug}"]`);
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
  if (dwell) {
    await row.hover();
    await page.waitForTimeout(DWELL);
    await page.mouse.down();
    await page.mouse.up();
  } else {
    await row.dispatchEvent("click");
  }
  return page.evaluate(() => window.stopwatch);
}

async function byDocument(target) {
  const began = Date.now();
  await page.goto(`${base}/${target.slug}/customers`, { waitUntil: "commit" });
  await page.waitForSelector("tr[data-testid=row]");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return Date.now() - began;
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
  return { name, p50: Math.round(quantile(values, 0.5) * 10) / 10, p95: Math.round(quantile(values, 0.95) * 10) / 10, n: values.length };
}

await page.goto(`${base}/${workspaces[0].slug}/customers`);
await live();
const results = [];
results.push(await measure("palette, Enter at once", (t) => byPalette(t, false)));
results.push(await measure("palette, highlighted before Enter", (t) => byPalette(t, true)));
results.push(await measure("menu, click at once", (t) => byMenu(t, false)));
results.push(await measure("menu, hovered before the click", (t) => byMenu(t, true)));
results.push(await measure("loading the other document", byDocument));
await browser.close();
for (const r of results) console.error(`${r.name.padEnd(36)} p50 ${String(r.p50).padStart(6)} ms   p95 ${String(r.p95).padStart(6)} ms   n ${r.n}`);
console.log(JSON.stringify({ person, workspaces: seats.organizations.flatMap((o) => o.workspaces).length, results }, null, 2));
