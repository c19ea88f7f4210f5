// Changes a document as translators, extensions and phones do. Text changes are made to the nodes of an open document.
import { type Page, expect } from "@playwright/test";

/** Ways to change the texts of an open document. */
export const TEXT_MEDDLERS = {
  /** Chrome's translator: wraps each text in two nested elements. */
  translated: "translated",
  /** As `translated`, but only every second text. */
  "half translated": "half",
  /** Replaces each text node by a new one with the same text. */
  replaced: "replaced",
  /** Splits each text and puts an element around its middle character. */
  marked: "marked",
  /** Adds an element with the same text after each text. */
  doubled: "doubled",
  /** Adds an element with the same text after the parent of each text. */
  annotated: "annotated",
} as const;
export type TextMeddler = (typeof TEXT_MEDDLERS)[keyof typeof TEXT_MEDDLERS];

/** Changes the visible texts of the page. Fails if there are none. */
export async function meddleWithTexts(page: Page, how: TextMeddler, below = "body"): Promise<void> {
  const changed = await page.evaluate(
    ([how, below]) => {
      const walker = document.createTreeWalker(document.querySelector(below)!, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        if (!text.parentElement?.closest("script, style, noscript, textarea, svg, option, [data-foreign]") && text.data.trim()) texts.push(text);
      }
      const font = (words: string) => {
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        outer.append(inner);
        inner.append(words);
        return outer;
      };
      const chosen = texts.filter((_, at) => how !== "half" || at % 2 === 0);
      for (const text of chosen) {
        const middle = Math.floor(text.length / 2);
        if (how === "translated" || how === "half") text.replaceWith(font(text.data));
        else if (how === "replaced") text.replaceWith(document.createTextNode(text.data));
        else if (how === "doubled") text.after(font(text.data));
        else if (how === "annotated") {
          const note = document.createElement("span");
          note.dataset.foreign = "";
          note.textContent = text.data;
          text.parentElement!.after(note);
        } else if (how === "marked" && text.length > 1) {
          const rest = text.splitText(middle);
          const mark = document.createElement("mark");
          mark.append(rest.data.slice(0, 1));
          rest.data = rest.data.slice(1);
          rest.before(mark);
        }
      }
      return chosen.length;
    },
    [how, below] as const,
  );
  expect(changed, `no text of ${below} was changed`).toBeGreaterThan(0);
}

/** Changes to the markup of a document before the program starts. Each function returns the changed markup. */
export const MARKUP_MEDDLERS: Record<string, (html: string) => string> = {
  "an element first in body": (html) => html.replace(/<body([^>]*)>/, '<body$1><div data-foreign="1"><p>from an extension</p></div>'),
  "an element last in body": (html) => html.replace("</body>", '<div data-foreign="1">from an extension</div></body>'),
  "an element behind each field": (html) => html.replace(/<input(?![^>]*type="hidden")[^>]*>/g, '$&<span data-foreign="1"></span>'),
  "an element first in main": (html) => html.replace(/<main[^>]*>/, '$&<div data-foreign="1"></div>'),
  "a style in the page": (html) => html.replace(/<main[^>]*>/, '$&<style data-foreign="1"></style>'),
  "a mark around a word": (html) => html.replace(/<h1([^>]*)>(\w)([^<]*)</, '<h1$1><mark data-foreign="1">$2</mark>$3<'),
  "a comment among the elements": (html) => html.replace(/<main[^>]*>/, "$&<!-- from an extension -->"),
  "a translated heading": (html) => html.replace(/<h1([^>]*)>([^<]+)</, '<h1$1><font data-foreign="1"><font>$2</font></font><'),
  "links around digits": (html) =>
    html.replace(/>([^<]*?)(\d{2,})([^<]*)(<!>)?<\/(td|span|b|p|h1|dd|time)>/g, '>$1<a data-foreign="1" href="tel:$2">$2</a>$3$4</$5>'),
  "fonts around all words of main": (html) =>
    html.replace(/(<main.*<\/main>)/s, (main) => main.replace(/>([^<>]*[A-Za-z][^<>]*)<\/(?!option|textarea|script|noscript|title)/g, '><font data-foreign="1"><font>$1</font></font></')),
};

/**
 * Changes the document of `path` before the browser receives it. Returns a function that tells whether it was changed.
 */
export async function meddleWithMarkup(page: Page, path: string, change: (html: string) => string): Promise<() => boolean> {
  let changed = false;
  await page.route(
    (url) => url.pathname + url.search === path,
    async (route) => {
      if (route.request().resourceType() !== "document" || route.request().method() !== "GET") return route.continue();
      const response = await route.fetch();
      const html = await response.text();
      const other = change(html);
      changed = other !== html;
      await route.fulfill({ response, body: other });
    },
  );
  return () => changed;
}
