// Makes the fonts in server/pdf/fonts. Usage: node scripts/pdf-fonts.mjs DIRECTORY
//
// DIRECTORY contains the npm packages @expo-google-fonts/inter 0.4.2, noto-sans-arabic 0.4.3, noto-sans-hebrew 0.4.1,
// noto-sans-thai 0.4.2, noto-sans-sc 0.4.3 and noto-sans-kr 0.4.3, as `npm install` puts them into node_modules. They
// are not dependencies of the project, because they take up 200 MB and the fonts rarely change.
import { readFileSync, writeFileSync } from "node:fs";
import subsetFont from "../end2end/node_modules/subset-font/index.js";

const [packages] = process.argv.slice(2);
const fonts = new URL("../server/pdf/fonts/", import.meta.url);

const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join("");

// The characters of two bytes of an encoding whose first byte is in a range.
const table = (encoding, first, last) => {
  const decoder = new TextDecoder(encoding);
  let found = "";
  for (let lead = first; lead <= last; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) found += decoder.decode(Uint8Array.of(lead, trail));
  }
  return found;
};
const between = (text, first, last) => [...new Set(text)].filter((c) => c >= first && c <= last).join("");

const latin = [
  [0x20, 0x7e], [0xa0, 0x24f], [0x300, 0x52f], [0x1e00, 0x1eff], [0x2000, 0x209f], [0x20a0, 0x20c0], [0x2100, 0x214f],
  [0x2190, 0x22ff],
].map(([first, last]) => range(first, last)).join("");
const ideographs = between(
  table("gb2312", 0xb0, 0xf7) + table("big5", 0xa4, 0xc6) + table("euc-jp", 0xb0, 0xf4), "\u3400", "\u9fff",
);
const kana = [[0x3000, 0x30ff], [0x31f0, 0x31ff], [0x3105, 0x312f], [0x3220, 0x32ff], [0xff00, 0xffef]]
  .map(([first, last]) => range(first, last)).join("");
const hangul = between(table("euc-kr", 0xb0, 0xc8), "\uac00", "\ud7a3") + range(0x3131, 0x318e);
const arabic = range(0x600, 0x6ff) + range(0x750, 0x77f) + range(0x8a0, 0x8ff) + " \u200c\u200d().,:-/";
const hebrew = range(0x590, 0x5ff) + range(0xfb1d, 0xfb4f) + " ";
const thai = range(0xe00, 0xe7f) + " ";

const features = ["ccmp", "locl", "kern", "mark", "mkmk", "tnum"];
for (const [source, text, name, keepFeatures] of [
  ["inter/400Regular/Inter_400Regular", latin, "Inter-Regular", features],
  ["inter/600SemiBold/Inter_600SemiBold", latin, "Inter-SemiBold", features],
  ["noto-sans-arabic/400Regular/NotoSansArabic_400Regular", arabic, "NotoSansArabic", undefined],
  ["noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular", hebrew, "NotoSansHebrew", undefined],
  ["noto-sans-thai/400Regular/NotoSansThai_400Regular", thai, "NotoSansThai", undefined],
  ["noto-sans-sc/400Regular/NotoSansSC_400Regular", ideographs + kana, "NotoSansSC", ["ccmp"]],
  ["noto-sans-kr/400Regular/NotoSansKR_400Regular", hangul, "NotoSansKR", ["ccmp"]],
]) {
  const whole = readFileSync(`${packages}/@expo-google-fonts/${source}.ttf`);
  const part = await subsetFont(whole, text, { targetFormat: "truetype", ...(keepFeatures && { keepFeatures }) });
  writeFileSync(new URL(`${name}.ttf`, fonts), part);
  console.log(name, part.length);
}
