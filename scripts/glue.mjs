// Trims what the program and its script hand to each other: `node scripts/glue.mjs SCRIPT FILE`. Each function that the
// browser gives is named by sixteen digits of a hash, in both: numbers instead are 4 kB less. And the classes by which a
// request's body would be streamed, which no server function of ours does, are left out, and so is what only they call.
import binaryen from "../end2end/node_modules/binaryen/index.js";
import { readFileSync, writeFileSync } from "node:fs";

const STREAMS = /^(__wbg_)?intounderlying(source|bytesource|sink)_/;

const [script, file] = process.argv.slice(2);
let text = readFileSync(script, "utf8");
text = text.replace(/^export class IntoUnderlying\w+ \{\n[^]*?^\}\nif \(Symbol\.dispose\).*\n/gm, "");
text = text.replace(/^const IntoUnderlying\w+ = [^]*?;\n/gm, "");
const names = new Map([...new Set(text.match(/\b__wb(g|indgen)_\w*[0-9a-f]{16}\b/g))].map((name, i) => [name, `f${i}`]));
text = text.replace(/\b__wb(?:g|indgen)_\w*[0-9a-f]{16}\b/g, (name) => names.get(name));
writeFileSync(script, text);

const module = binaryen.readBinary(readFileSync(file));
let left = 0;
for (let i = 0; i < module.getNumExports(); i++) {
  const { name } = binaryen.getExportInfo(module.getExportByIndex(i));
  if (!STREAMS.test(name)) continue;
  module.removeExport(name);
  i--;
  left++;
}
let renamed = 0;
const short = (line) =>
  line.replace(/^( \(import "[^"]*" ")([^"]*)"/, (whole, before, name) => {
    if (!names.has(name)) return whole;
    renamed++;
    return `${before}${names.get(name)}"`;
  });
const trimmed = binaryen.parseText(module.emitText().split("\n").map(short).join("\n"));
trimmed.setFeatures(module.getFeatures());
if (left === 0 || renamed !== names.size || !trimmed.validate()) {
  console.error(`stile: ${file} and ${script} are not as expected: ${left} streams, ${renamed} of ${names.size} names`);
  process.exit(1);
}
binaryen.setDebugInfo(true);
writeFileSync(file, trimmed.emitBinary());
