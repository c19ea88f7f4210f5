// Foreign changes of the document: extensions and proxies may change it before the program starts. The page then works
// with the program, or as without JavaScript. It never stays unusable.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf } from "../support/facts";
import { MARKUP_MEDDLERS, meddleWithMarkup } from "../support/meddling";
import { live } from "../support/people";
import { type Priced, openPriced, pagesOf } from "../support/priced";
import { byPalette, bySwitcher, expectFinance, rowsAreThere } from "../support/switching";

const PROGRAM = "**/stile_bg.wasm";

/** Records uncaught exceptions of the page. */
function exceptions(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}

let priced: Priced;
test.beforeAll(async ({ browser }) => {
  priced = await openPriced(browser, "foreign-elements");
});
/** Returns the path of a page of the shop. */
const ofShop = (name: string) => async () => pagesOf(priced, [name])[0].path;

/** Asserts that a price follows what is typed. */
async function priceFollows(page: Page, field: string, sums: string): Promise<void> {
  const price = page.locator(sums).first();
  await expect(price).toBeVisible();
  const before = await price.innerText();
  await page.locator(field).fill("2345");
  await page.locator(field).press("Tab");
  await expect(price, "the price does not follow").not.toHaveText(before);
}

interface Place {
  name: string;
  /** The person who opens it: Ada, unless it is a page of the shop. */
  who?: () => string;
  path: () => Promise<string>;
  /** The changes that don't apply to this page, because it has no number that looks like a telephone number. */
  without?: string[];
  works: (page: Page) => Promise<void>;
}
const places: Place[] = [
  {
    name: "a list",
    path: async () => `/${IT}/customers`,
    works: async (page) => {
      await rowsAreThere(page);
      await page.getByTestId("row").first().locator(".row-link").click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText((await customersOf(IT))[0].name);
      await page.goBack();
      await rowsAreThere(page);
      await bySwitcher(page, FINANCE);
      await expectFinance(page);
      await rowsAreThere(page);
    },
  },
  {
    name: "a detail page",
    path: async () => `/${IT}/customers/${(await customersOf(IT))[0].id}`,
    works: async (page) => {
      await expect(page.getByRole("heading", { level: 1 })).toHaveText((await customersOf(IT))[0].name);
      await byPalette(page, FINANCE);
      await expectFinance(page);
      await rowsAreThere(page);
    },
  },
  {
    name: "a form",
    without: ["links around digits"],
    path: async () => `/${IT}/customers/new`,
    works: async (page) => {
      await page.getByRole("button", { name: "Create customer" }).or(page.locator(".save-bar [type=submit]")).first().click();
      await expect(page.locator("[aria-invalid=true]").first()).toBeVisible();
      await page.locator(".save-bar a").click();
      await expect(page).toHaveURL(`/${IT}/customers`);
      await rowsAreThere(page);
    },
  },
  { name: "a rate plan", who: () => priced.owner, path: ofShop("a rate plan"), works: (page) => priceFollows(page, "[name=quantity]", "[data-testid=total]") },
  {
    name: "the editor of a rate plan", who: () => priced.owner, path: ofShop("the editor of a rate plan"),
    works: async (page) => {
      await priceFollows(page, "[name=quantity]", "[data-testid=total]");
      const charges = page.getByTestId("charge");
      await expect(charges).toHaveCount(2);
      await page.getByRole("button", { name: "Add charge" }).click();
      await expect(charges).toHaveCount(3);
      await page.getByRole("button", { name: "Remove charge 3" }).click();
      await expect(charges).toHaveCount(2);
    },
  },
  { name: "a new subscription", who: () => priced.owner, path: ofShop("a new subscription"), works: (page) => priceFollows(page, "[name=seats]", "[data-testid=bill-total]") },
  {
    name: "usage",
    path: async () => `/${IT}/usage`,
    works: async (page) => {
      await page.getByLabel("Range", { exact: true }).selectOption("7d");
      await expect(page).toHaveURL(`/${IT}/usage?range=7d`);
      await expect(page.getByTestId("chart").first().locator("svg .hit")).toHaveCount(7);
    },
  },
  {
    name: "events",
    path: async () => `/${IT}/usage/events`,
    works: async (page) => {
      await rowsAreThere(page);
      await page.fill("[name=source]", "nobody");
      await page.getByRole("button", { name: "Apply" }).click();
      await expect(page.getByRole("heading", { name: "No events match" })).toBeVisible();
    },
  },
  {
    name: "the picker",
    without: ["links around digits"],
    path: async () => "/home",
    works: async (page) => {
      await page.fill("#picker-search", "fin");
      await expect(page.getByTestId("picker-row")).toHaveCount(1);
      await page.getByTestId("picker-open").click();
      await expectFinance(page);
    },
  },
];

for (const place of places) {
  for (const [name, change] of Object.entries(MARKUP_MEDDLERS).filter(([name]) => !place.without?.includes(name))) {
    test(`${place.name} with ${name} works`, async ({ as }) => {
      const page = await as(place.who?.() ?? ADA);
      const path = await place.path();
      const failed = exceptions(page);
      const changed = await meddleWithMarkup(page, path, change);
      await page.goto(path);
      await live(page);
      expect(changed(), "control: the document was changed in transit").toBe(true);
      await place.works(page);
      await page.goto(path);
      await page.reload();
      await live(page);
      await place.works(page);
      expect(failed, "the page threw an exception").toEqual([]);
    });
  }
}

for (const [name, change] of Object.entries(MARKUP_MEDDLERS)) {
  // The sign-in page shows no number.
  if (name === "links around digits") continue;
  test(`sign-in with ${name} works, and input from before the program starts stays`, async ({ browser }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const failed = exceptions(page);
    let release = () => {};
    const held = new Promise<void>((go) => (release = go));
    await page.route(PROGRAM, async (route) => {
      await held;
      await route.continue();
    });
    const changed = await meddleWithMarkup(page, "/sign-in?next=%2Fhome", change);
    await page.goto("/sign-in?next=%2Fhome", { waitUntil: "commit" });
    expect(changed(), "control: the document was changed in transit").toBe(true);
    await page.fill("[name=email]", ADA);
    await page.fill("[name=password]", "stile-demo-2026");
    await page.locator("[name=password]").evaluate((field: HTMLInputElement) => field.setSelectionRange(3, 5));
    release();
    await live(page);
    await expect(page.locator("[name=email]"), "the address was lost").toHaveValue(ADA);
    await expect(page.locator("[name=password]"), "the password was lost").toHaveValue("stile-demo-2026");
    await expect(page.locator("[name=password]"), "the focus was lost").toBeFocused();
    expect(await page.locator("[name=password]").evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd])).toEqual([3, 5]);
    await page.locator("button[type=submit]").first().click();
    await expect(page).toHaveURL("/home");
    expect(failed, "the page threw an exception").toEqual([]);
    await context.close();
  });
}

test("elements that are inserted anywhere while the program loads don't break the page", async ({ as }) => {
  const page = await as(ADA);
  const failed = exceptions(page);
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const main = document.querySelector("#main table");
      if (!main) return;
      observer.disconnect();
      document.querySelectorAll("#app *").forEach((element, at) => {
        if (at % 3 === 0 && !element.closest("svg, table, select")) element.prepend(document.createElement("ins"));
      });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`/${IT}/customers`);
  await live(page);
  await expect(page.locator("#app ins"), "the program kept foreign elements").toHaveCount(0);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  expect(failed).toEqual([]);
});

test("control: in an unchanged document the program keeps the server's elements", async ({ as }) => {
  const page = await as(ADA);
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.readyState !== "loading") return;
      document.querySelectorAll("#app *").forEach((element) => ((element as unknown as { mine: boolean }).mine = true));
    }).observe(document, { childList: true, subtree: true });
  });
  const customer = (await customersOf(IT))[0].id;
  for (const path of [`/${IT}/customers`, `/${IT}/overview`, `/${IT}/customers/${customer}`, `/${IT}/customers/new`, `/${IT}/settings/general`, `/${IT}/settings/members`, "/home", "/account/profile", "/account/security"]) {
    await page.goto(path);
    await live(page);
    const kept = await page.evaluate(() => ["h1", "#main"].map((selector) => (document.querySelector(selector) as unknown as { mine?: boolean } | null)?.mine === true));
    expect(kept, `${path} was rendered again`).toEqual([true, true]);
  }
});

test("control: in unchanged pages of prices and usage the program keeps the server's elements", async ({ as }) => {
  const page = await as(priced.owner);
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.readyState !== "loading") return;
      document.querySelectorAll("#app *").forEach((element) => ((element as unknown as { mine: boolean }).mine = true));
    }).observe(document, { childList: true, subtree: true });
  });
  for (const { path } of pagesOf(priced)) {
    await page.goto(path);
    await live(page);
    const kept = await page.evaluate(() => ["h1", "#main"].map((selector) => (document.querySelector(selector) as unknown as { mine?: boolean } | null)?.mine === true));
    expect(kept, `${path} was rendered again`).toEqual([true, true]);
  }
});

test("a phone does not treat digits on a page as telephone numbers", async ({ as }) => {
  const page = await as(ADA);
  await page.goto(`/${IT}/customers`);
  await expect(page.locator("meta[name=format-detection]")).toHaveAttribute("content", "telephone=no");
});

// The tests below make the program fail to load or to start.

/** Checks the page without the program: links, menus and forms work, and one message reports the failure. */
async function expectWithout(page: Page, failures: string[]): Promise<void> {
  const customer = (await customersOf(IT))[3].name;
  await expect(page.locator("html")).toHaveAttribute("data-unstarted", "");
  expect(failures, "expected one message on the console").toHaveLength(1);
  await expect(page.getByRole("status").filter({ hasText: "It still works" })).toBeVisible();
  await expect(page.locator(".palette-button"), "a control that needs JavaScript is shown").toBeHidden();
  await page.getByTestId("switcher").click();
  await expect(page.getByTestId("switcher-item").first(), "the menu does not open").toBeVisible();
  await page.keyboard.press("Escape");
  await page.fill("#list-search", customer);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByTestId("row").first()).toContainText(customer);
  await page.getByTestId("row").first().locator(".row-link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(customer);
}

/** Records the console messages about a program that did not start. */
function startFailures(page: Page): string[] {
  const failures: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && message.text().includes("could not be started")) failures.push(message.text());
  });
  return failures;
}

const missing: [string, (page: Page) => Promise<void>][] = [
  ["can't be had", (page) => page.route(PROGRAM, (route) => route.abort())],
  ["is no program", (page) => page.route(PROGRAM, (route) => route.fulfill({ body: "not found", contentType: "text/html" }))],
  ["has no script", (page) => page.route(/stile\.js/, (route) => route.abort())],
];
for (const [name, take] of missing) {
  test(`where the program ${name}, the page works as without JavaScript`, async ({ as }) => {
    const page = await as(ADA);
    await take(page);
    const failures = startFailures(page);
    await page.goto(`/${IT}/customers`);
    await expectWithout(page, failures);
  });
}

/** Makes the first `times` programs stop during their start, after they added some listeners. */
async function stopWithin(page: Page, times: number): Promise<void> {
  await page.addInitScript((times) => {
    let [looked, left] = [0, times];
    const stop = () => {
      left--;
      throw new Error("stopped");
    };
    const { get } = Object.getOwnPropertyDescriptor(Node.prototype, "firstChild")!;
    Object.defineProperty(Node.prototype, "firstChild", {
      configurable: true,
      get() {
        // The script reads the node first, then the program does.
        if (this instanceof Element && this.id === "main" && ++looked === 2 && left > 0) stop();
        return get!.call(this);
      },
    });
    const { createElement } = Document.prototype;
    Document.prototype.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
      if (name === "main" && left > 0) stop();
      return createElement.call(this, name, options);
    } as typeof createElement;
  }, times);
}

test("a program that stops during its start is replaced by another, and no listener exists twice", async ({ as }) => {
  const page = await as(ADA);
  await stopWithin(page, 1);
  const [failures, sockets] = [startFailures(page), [] as string[]];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(`/${IT}/customers`);
  await live(page);
  await rowsAreThere(page);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  await page.goBack();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette-input"), "the palette was toggled twice").toBeFocused();
  expect(sockets, "the stopped program has a socket too").toHaveLength(1);
  expect(failures).toEqual([]);
});

test("if the second program stops too, the page works as without JavaScript", async ({ as }) => {
  const page = await as(ADA);
  await stopWithin(page, 2);
  const [failures, sockets] = [startFailures(page), [] as string[]];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(`/${IT}/customers`);
  await expect(page.locator("html")).toHaveAttribute("data-unstarted", "");
  await rowsAreThere(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette"), "a stopped program still listens for keys").toBeHidden();
  expect(sockets, "a stopped program opened a socket").toEqual([]);
  // Each document reports the failure, and the next one is loaded below.
  expect(failures, "expected one message on the console").toHaveLength(1);
  const documents: string[] = [];
  page.on("request", (request) => request.resourceType() === "document" && documents.push(request.url()));
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invoices");
  expect(documents, "the link did not load a document").toHaveLength(1);
});
