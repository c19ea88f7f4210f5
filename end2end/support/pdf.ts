// Reads the text of PDFs as the server writes them: each tagged piece of content is a line.
import { inflateSync } from "node:zlib";

const OBJECT = /(\d+) 0 obj\b([\s\S]*?)\bendobj/g;

/** Returns the decoded stream of an object. */
function stream(body: string): string {
  const start = /stream\r?\n/.exec(body);
  if (!start) return "";
  const from = start.index + start[0].length;
  const length = Number(/\/Length (\d+)/.exec(body.slice(0, start.index))?.[1]);
  const bytes = Buffer.from(body.slice(from, from + length), "latin1");
  return /\/FlateDecode/.test(body.slice(0, start.index)) ? inflateSync(bytes).toString("latin1") : bytes.toString("latin1");
}

const utf16 = (hex: string): string =>
  (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join("");

/** Returns what the codes of a font stand for, by its ToUnicode map. */
function unicode(map: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const [, block] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code, text] of block.matchAll(/<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>/g)) found.set(Number.parseInt(code, 16), utf16(text));
  }
  for (const [, block] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, first, last, text] of block.matchAll(/<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>/g)) {
      const from = Number.parseInt(first, 16);
      for (let code = from; code <= Number.parseInt(last, 16); code++) found.set(code, String.fromCodePoint(utf16(text).codePointAt(0)! + code - from));
    }
  }
  return found;
}

/** Returns the bytes of a literal string. */
const literal = (text: string): string =>
  text.replace(/\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)/g, (_, code: string) => {
    const named: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", "(": "(", ")": ")", "\\": "\\" };
    if (code in named) return named[code];
    return /[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : "";
  });

const TOKEN = /\/(\w+) [\d.]+ Tf|\((?:\\[\s\S]|[^\\()]|\((?:\\[\s\S]|[^\\()])*\))*\)|<([0-9a-fA-F\s]*)>|\b(BDC|BMC|EMC)\b/g;
/** Properties of tagged content, which may contain texts. */
const PROPERTIES = /<<[\s\S]*?>>/g;

/** Returns the lines of text of a PDF, in the order in which they are drawn. */
export function textOf(pdf: Buffer): string[] {
  const objects = new Map([...pdf.toString("latin1").matchAll(OBJECT)].map(([, id, body]) => [id, body]));
  const reference = (body: string, name: string): string => objects.get(new RegExp(`/${name}\\s+(\\d+) 0 R`).exec(body)?.[1] ?? "") ?? "";
  const lines: string[] = [];
  const pages = [...objects.values()].filter((body) => /\/Type\s*\/Page\b/.test(body));
  for (const page of pages) {
    const resources = reference(page, "Resources") || page;
    const fonts = new Map(
      [...resources.matchAll(/\/(f\d+) (\d+) 0 R/g)].map(([, name, id]) => [name, unicode(stream(reference(objects.get(id) ?? "", "ToUnicode")))]),
    );
    let font: Map<number, string> | undefined;
    let depth = 0;
    let line = "";
    for (const [token, name, hex, operator] of stream(reference(page, "Contents")).replace(PROPERTIES, "").matchAll(TOKEN)) {
      if (name) font = fonts.get(name);
      else if (operator === "EMC") {
        depth -= 1;
        if (depth === 0) {
          lines.push(line);
          line = "";
        }
      } else if (operator) depth += 1;
      else if (font) {
        const bytes = hex === undefined ? Buffer.from(literal(token.slice(1, -1)), "latin1") : Buffer.from(hex.replace(/\s/g, ""), "hex");
        for (let at = 0; at + 1 < bytes.length; at += 2) line += font.get(bytes.readUInt16BE(at)) ?? "";
      }
    }
  }
  return lines.filter((line) => line !== "");
}
