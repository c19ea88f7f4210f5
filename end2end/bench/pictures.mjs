// Takes the screenshots in docs/pictures from a server with the demo: each scene in light and dark, on a desktop and on
// a phone. Usage: node bench/pictures.mjs BASE DIRECTORY
import { chromium } from "@playwright/test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";

const [base, directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const debian = "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath: existsSync(debian) ? debian : undefined,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
// Chromium takes screenshots as PNG. This page converts them to WebP, which is a third of the size.
const converter = await browser.newPage();
const webp = async (png) => {
  const text = await converter.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.92);
  }, png.toString("base64"));
  return Buffer.from(text.split(",")[1], "base64");
};
const scenes = [
  ["picker", "/home"],
  ["console", "/smartai-it/customers"],
  ["overview", "/smartai-it/overview"],
  ["switcher", "/smartai-it/invoices", async (page) => {
    await page.getByTestId("switcher").click();
    await page.getByTestId("switcher-item").nth(1).waitFor();
  }],
  ["palette", "/smartai-it/overview", async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByTestId("palette-item").first().waitFor();
  }],
  ["settings", "/smartai-it/settings/branding"],
];
for (const theme of ["light", "dark"]) {
  for (const [kind, viewport, scale] of [["desktop", { width: 1280, height: 800 }, 1.5], ["phone", { width: 390, height: 780 }, 2]]) {
    const context = await browser.newContext({
      viewport, deviceScaleFactor: scale, colorScheme: theme, reducedMotion: "reduce",
      ...(kind === "phone" ? { hasTouch: true, isMobile: true } : {}),
    });
    await context.request.post(`${base}/api/fn/sign_in`, {
      headers: { "content-type": "application/json", origin: base },
      data: { email: "ada@smartai.example", password: "stile-demo-2026", next: "" },
    });
    await context.addCookies([{ name: "theme", value: theme, url: base }]);
    for (const [name, path, act] of scenes) {
      const page = await context.newPage();
      await page.goto(`${base}${path}`);
      await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
      await act?.(page);
      await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((i) => i.decode().catch(() => {}))]));
      writeFileSync(`${directory}/${name}-${theme}-${kind}.webp`, await webp(await page.screenshot()));
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
