// Records the requests of a tab, and delays or reorders their answers.
import { type Page, type Request, type Route, expect } from "@playwright/test";

declare global {
  interface Window {
    stileMark?: string;
  }
}

/** Requests of a tab since the watch began. */
export class Watch {
  readonly requests: Request[] = [];

  private constructor(private readonly page: Page) {
    page.on("request", (request) => this.requests.push(request));
  }

  /** Starts to record requests, and sets a mark on the window that only a document load removes. */
  static async begin(page: Page): Promise<Watch> {
    await page.evaluate(() => (window.stileMark = "here"));
    return new Watch(page);
  }

  /** Asserts that no document was loaded since the watch began. */
  async expectNoDocument(): Promise<void> {
    const documents = this.requests.filter((r) => r.resourceType() === "document").map((r) => r.url());
    expect(documents, "a document was loaded").toEqual([]);
    expect(await this.page.evaluate(() => window.stileMark), "the mark on the window is gone").toBe("here");
  }

  /** Returns the calls of a server function. */
  calls(name: string): Request[] {
    return this.requests.filter((r) => new URL(r.url()).pathname === `/api/fn/${name}`);
  }

  /** Returns the requests that contain a text in their address or body. */
  naming(text: string): string[] {
    const asked = this.requests.map((r) => `${r.method()} ${r.url()} ${r.postData() ?? ""}`);
    return asked.filter((line) => line.includes(text));
  }
}

/** A call that the server has answered, but whose answer the tab has not received yet. */
export interface HeldCall {
  /** Arguments of the call. */
  asked: Record<string, unknown>;
  /** Answer of the server. */
  answer: string;
  /** Sends the answer to the tab, and waits until the tab has handled it. */
  release(): Promise<void>;
}

/** Holds back the answers of server functions. */
export class Gate {
  private readonly arrived: HeldCall[] = [];
  private taken = 0;

  private constructor(private readonly page: Page, private readonly names: string[]) {}

  static async on(page: Page, ...names: string[]): Promise<Gate> {
    const gate = new Gate(page, names);
    for (const name of names) await page.route(`**/api/fn/${name}`, (route) => gate.hold(route));
    return gate;
  }

  private async hold(route: Route): Promise<void> {
    const response = await route.fetch();
    const asked = route.request().postDataJSON() as Record<string, unknown>;
    const release = async () => {
      const finished = this.page.waitForEvent("requestfinished", (r) => r === route.request());
      await route.fulfill({ response });
      await finished;
      await settled(this.page);
    };
    this.arrived.push({ asked, answer: await response.text(), release });
  }

  /** Waits for the next call that the server has answered. */
  async next(): Promise<HeldCall> {
    await expect.poll(() => this.arrived.length, `the tab did not call ${this.names.join(" or ")}`).toBeGreaterThan(this.taken);
    return this.arrived[this.taken++];
  }

  /** Stops holding back answers. */
  async lift(): Promise<void> {
    for (const name of this.names) await this.page.unroute(`**/api/fn/${name}`);
  }
}

/** Waits until the tab has run its pending tasks and painted. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
}
