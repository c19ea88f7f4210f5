// Creates the console's font from the npm package of Inter. Usage: node scripts/font.mjs FILE
//
// The font contains only the Latin characters, weights and features that the styles use. It is two fifths smaller than
// the package's Latin font, so that the first row appears sooner (docs/BENCHMARKS.md).
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
  // From --regular (style/10-tokens.css) to the weight of <mark> (style/20-base.css).
  variationAxes: { wght: { min: 450, max: 750 } },
  // Composed and localized letters, kerning, marks, contextual alternates, tabular figures.
  keepFeatures: ["ccmp", "locl", "kern", "mark", "mkmk", "calt", "tnum"],
});
writeFileSync(file, font);
