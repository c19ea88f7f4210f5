// Makes the console's font of Inter's, as its npm package has it: the Latin characters, the weights and the features that
// the style sheet asks for, and nothing else. `node scripts/font.mjs FILE`. Two fifths smaller than what the package has
// for Latin, and on the way to the first row (docs/BENCHMARKS.md).
import { readFileSync, writeFileSync } from "node:fs";
import subsetFont from "../end2end/node_modules/subset-font/index.js";

const inter = new URL("../end2end/node_modules/@fontsource-variable/inter/", import.meta.url);
const [file] = process.argv.slice(2);
const { latin } = JSON.parse(readFileSync(new URL("unicode.json", inter), "utf8"));
const text = latin.split(",").flatMap((range) => {
  const [first, last = first] = range.slice(2).split("-").map((digits) => Number.parseInt(digits, 16));
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
});
const font = await subsetFont(readFileSync(new URL("files/inter-latin-wght-normal.woff2", inter)), text.join(""), {
  targetFormat: "woff2",
  // From --regular (style/10-tokens.css) to what marks a letter that was found.
  variationAxes: { wght: { min: 450, max: 750 } },
  // Composed and local letters, kerning, marks; punctuation that follows its neighbours; figures of one width.
  keepFeatures: ["ccmp", "locl", "kern", "mark", "mkmk", "calt", "tnum"],
});
writeFileSync(file, font);
