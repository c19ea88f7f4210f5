// Pictures and colours: the branding of a workspace (Settings > Branding) and a person's picture. The tests check who
// may change and see them, and that the server keeps only the pixels of an uploaded file (docs/SECURITY.md, I-21).
import { type Page } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { contextOf, live, open } from "../support/people";
import { png } from "../support/png";
import { sql } from "../support/facts";
import { forgetNewcomers, freshEmail, signUp } from "../support/newcomer";
import { BASE } from "../support/server";
import { workspaceName } from "../support/switching";
import { complaints } from "../support/watch";
import { problemOf } from "../support/raw";

const IT = "smartai-it";
const FINANCE = "globalai-finance";
const PATH = `/${IT}/settings/branding`;
const file = (name: string, buffer: Buffer, mimeType = "image/png") => ({ name, mimeType, buffer });
const RED = file("logo.png", png(300, 200, [200, 30, 30]));
const strip = (page: Page) => page.locator(".strip");
const icon = (page: Page) => page.locator("link[rel=icon]").getAttribute("href");

test.afterAll(forgetNewcomers);
test.afterEach(async () => {
  await sql("delete from account.logos");
  await sql("update account.workspaces set hue = case name when 'IT' then 25 when 'Finance' then 3 when 'Product Eng' then 31 end, logo = null");
  await sql("delete from account.portraits");
  await sql("update account.users set portrait = null where portrait is not null");
});

test("a chosen colour appears in every tab of every member, at once and after a reload", async ({ as }) => {
  const [ada, vik] = [await as(ADA), await as(VIK)];
  const other = await ada.context().newPage();
  await open(ada, PATH);
  await open(other, `/${IT}/customers`);
  await open(vik, `/${IT}/customers`);
  const before = await strip(ada).getAttribute("data-hue");
  const own = await icon(ada);
  await ada.getByRole("radio", { name: /^Red, 20°/ }).check({ force: true });
  await ada.getByRole("button", { name: "Save colour" }).click();
  await expect(ada.getByTestId("toast")).toContainText("Colour saved");
  expect(before).not.toBe("2");
  for (const page of [ada, other, vik]) await expect(strip(page), "a tab has the old colour").toHaveAttribute("data-hue", "2");
  await expect.poll(() => icon(ada), "the tab's icon has the old colour").not.toBe(own);
  await vik.reload();
  await live(vik);
  await expect(strip(vik)).toHaveAttribute("data-hue", "2");
  const automatic = await ada.locator(".swatch.own").getAttribute("data-hue");
  await ada.getByRole("radio", { name: "Automatic" }).check({ force: true });
  await ada.getByRole("button", { name: "Save colour" }).click();
  await expect(strip(vik), "the colour is not automatic again").toHaveAttribute("data-hue", automatic ?? "");
  await open(ada, `/${IT}/settings/general`);
  await ada.fill("[name=name]", "Another name");
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(workspaceName(vik)).toHaveText("Another name");
  await expect(strip(vik), "a rename changes the colour").toHaveAttribute("data-hue", automatic ?? "");
  await sql("update account.workspaces set name = 'IT' where slug = $1", [IT]);
});

test("a logo appears in the rail, the lists and the tab; people without a seat get the answer for a missing one", async ({ as, browser }) => {
  const page = await as(ADA);
  const noise = complaints(page);
  await open(page, PATH);
  await page.getByLabel("Square image").setInputFiles(RED);
  await page.getByRole("button", { name: "Upload logo" }).click();
  await live(page);
  const shown = page.getByTestId("switcher").locator("img");
  await expect(shown, "the rail shows the letter").toBeVisible();
  const address = (await shown.getAttribute("src")) ?? "";
  expect(address).toMatch(new RegExp(`^/api/pictures/workspaces/${IT}/[0-9a-f]{32}$`));
  expect(await icon(page)).toBe(address);
  expect(await shown.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight]), "the logo is not cropped to a square of 144 px").toEqual([144, 144]);
  await page.goto("/home");
  await expect(page.locator(`[data-testid=picker-row][data-slug=${IT}] img`)).toBeVisible();

  const vik = await as(VIK);
  await open(vik, `/${IT}/customers`);
  await expect(vik.getByTestId("switcher").locator("img"), "a member sees the letter").toBeVisible();
  const got = await vik.request.get(address);
  expect([got.status(), got.headers()["content-type"], got.headers()["cache-control"]]).toEqual([200, "image/png", "private, no-cache"]);
  const again = await vik.request.get(address, { headers: { "if-none-match": got.headers().etag } });
  expect(again.status(), "an unchanged logo is sent again").toBe(304);

  await sql("insert into account.logos select w.id, l.image from account.workspaces w, account.logos l where w.slug = $1", [FINANCE]);
  await sql("update account.workspaces set logo = (select logo from account.workspaces where slug = $1) where slug = $2", [IT, FINANCE]);
  const foreign = await vik.request.get(address.replace(IT, FINANCE));
  const absent = await vik.request.get(address.replace(IT, "no-such-place"));
  expect(await problemOf(foreign), "the answers for a foreign and a missing logo differ").toEqual(await problemOf(absent));
  expect(foreign.status()).toBe(404);
  expect(absent.status()).toBe(404);
  expect((await page.request.get(address.replace(IT, FINANCE))).status(), "control: Ada has a seat there and gets the logo").toBe(200);
  const nobody = await browser.newContext({ baseURL: BASE });
  expect((await nobody.request.get(address)).status()).toBe(404);
  await nobody.close();

  await open(page, PATH);
  await page.getByRole("button", { name: "Remove logo" }).click();
  await live(page);
  await expect(page.getByTestId("switcher").locator("img")).toHaveCount(0);
  expect((await page.request.get(address)).status(), "the removed logo is still sent").toBe(404);
  expect(noise).toEqual([]);
});

test("colour and logo can be changed without JavaScript", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(PATH);
  await page.getByRole("radio", { name: /^Blue, 240°/ }).check({ force: true });
  await page.getByRole("button", { name: "Save colour" }).click();
  await expect(page).toHaveURL(PATH);
  await expect(strip(page)).toHaveAttribute("data-hue", "24");
  await page.getByLabel("Square image").setInputFiles(RED);
  await page.getByRole("button", { name: "Upload logo" }).click();
  await expect(page.getByTestId("switcher").locator("img")).toBeVisible();
  await context.close();
});

test("a file that is no picture, too large or too small is refused at its field and changes nothing", async ({ as }) => {
  const page = await as(ADA);
  await open(page, PATH);
  const field = page.getByLabel("Square image");
  await field.setInputFiles(file("logo.png", png(700, 700, [1, 2, 3], true)));
  await expect(field, "a large file is not refused before it is sent").toHaveAccessibleDescription(/larger than 1 MB/);
  for (const [what, says] of [
    [file("logo.svg", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "image/png"), /Choose a PNG, JPEG or WebP/],
    [file("logo.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")), /can’t be read|too large/],
    [file("logo.png", png(8, 8, [1, 2, 3])), /too small/],
  ] as const) {
    await field.setInputFiles(what);
    await page.getByRole("button", { name: "Upload logo" }).click();
    await live(page);
    await expect(field).toHaveAccessibleDescription(says);
    await expect(page.getByTestId("switcher").locator("img")).toHaveCount(0);
  }
  expect(await sql("select 1 from account.logos")).toEqual([]);
});

test("only people who may change settings may change the branding", async ({ as }) => {
  const vik = await as(VIK);
  await open(vik, PATH);
  await expect(vik.getByTestId("why-not")).toBeVisible();
  // Each person uses a grant of their own, so that only the role decides.
  const send = async (page: Page) => {
    const entered = await page.request.post("/api/fn/open_workspace", { headers: { origin: BASE, "content-type": "application/json" }, data: { to: IT, page: PATH.split("/").slice(2).join("/") } });
    const { grant } = (await entered.json()).entry;
    return page.request.post(PATH, { headers: { origin: BASE }, maxRedirects: 0, multipart: { action: "logo", grant, picture: RED } });
  };
  expect((await send(vik)).status(), "a Viewer can change the logo").toBe(403);
  expect(await sql("select 1 from account.logos")).toEqual([]);
  expect((await send(await as(ADA))).status(), "control: an Owner can change the logo").toBe(303);
  expect(await sql("select 1 from account.logos")).toHaveLength(1);
});

test("a person's picture appears in their menu and beside their name, only for people who share a workspace or an organization", async ({ as, browser }) => {
  const page = await as(ADA);
  await open(page, "/account/profile");
  await page.getByLabel("Square image").setInputFiles(RED);
  await page.getByRole("button", { name: "Upload picture" }).click();
  await expect(page.getByText("Picture saved")).toBeVisible();
  await live(page);
  const mine = page.getByTestId("profile-menu").locator("img");
  await expect(mine).toBeVisible();
  const address = (await mine.getAttribute("src")) ?? "";
  const mia = await contextOf(browser, MIA);
  const colleague = await contextOf(browser, VIK);
  expect((await colleague.request.get(address)).status(), "Vik shares IT with Ada but can't see the picture").toBe(200);
  const members = await as(ADA);
  await open(members, `/${IT}/settings/members`);
  await expect(members.locator(`[data-person="${ADA}"] img`)).toBeVisible();
  const nobody = await browser.newContext({ baseURL: BASE });
  expect((await nobody.request.get(address)).status()).toBe(404);
  expect((await mia.request.get(address)).status(), "Mia shares Product Eng with Ada but can't see the picture").toBe(200);
  const stranger = await browser.newContext({ baseURL: BASE });
  await signUp(stranger.request, freshEmail("stranger"), "Sam Stranger");
  expect((await stranger.request.get(address)).status(), "a person without a shared workspace or organization sees the picture").toBe(404);
  await page.getByRole("button", { name: "Remove picture" }).click();
  await expect(page.getByText("Picture removed")).toBeVisible();
  expect((await colleague.request.get(address)).status()).toBe(404);
  for (const context of [mia, colleague, nobody, stranger]) await context.close();
});

test("icon letters and accents have enough contrast in every colour and both themes (WCAG 1.4.3, 1.4.11)", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/overview`);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
    const poor = await page.evaluate(() => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
      const luminance = (colour: string) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const contrast = (a: string, b: string) => {
        const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
        return (x + 0.05) / (y + 0.05);
      };
      const probe = document.createElement("i");
      document.body.append(probe);
      const colour = (of: string) => {
        probe.style.color = `var(${of})`;
        return getComputedStyle(probe).color;
      };
      const found: string[] = [];
      let looked = 0;
      for (let hue = 0; hue < 36; hue++) {
        probe.dataset.hue = String(hue);
        const surface = colour("--surface");
        for (const [what, on, least] of [
          ["--icon-text", colour("--icon-bg"), 4.5],
          ["--accent-text", surface, 4.5],
          ["--accent-text", colour("--accent-tint"), 4.5],
          ["--accent", surface, 3],
          ["--accent-bar", surface, 3],
          ["--accent-focus", surface, 3],
        ] as const) {
          looked++;
          const is = contrast(colour(what), on);
          if (is < least) found.push(`hue ${hue}: ${what} has ${is.toFixed(2)}, not ${least}`);
        }
      }
      probe.remove();
      return looked === 216 ? found : [`looked at ${looked}`];
    });
    expect(poor, theme).toEqual([]);
  }
});
