// Empties functions of a WebAssembly file that are reachable only by tables and never called, so that wasm-opt can drop
// them and all that only they use: `node scripts/snip.mjs FILE`. Called all the same, such a function traps.
//
// `hydrate_async` is how Leptos hydrates pages that were streamed with suspended parts. Ours are sent whole, but each
// type of view carries it in its table: a quarter of the file.
import binaryen from "../end2end/node_modules/binaryen/index.js";
import { readFileSync, writeFileSync } from "node:fs";

// Names are as the compiler wrote them in the part that no glue was made for.
// The futures' own code and nothing else: the compiler keeps one of several functions that are alike, under any of their
// names, and what makes or drops such a future may be like what makes or drops another.
const NEVER_CALLED = /(::hydrate_async(::\{\{closure\}\})+(::h[0-9a-f]+)?|13hydrate_async(28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$)+17h[0-9a-f]{16}E)$/;

const [file] = process.argv.slice(2);
const module = binaryen.readBinary(readFileSync(file));
let emptied = 0;
for (let i = 0; i < module.getNumFunctions(); i++) {
  const func = module.getFunctionByIndex(i);
  const { name, module: importedFrom } = binaryen.getFunctionInfo(func);
  if (!importedFrom && NEVER_CALLED.test(name)) {
    binaryen.Function.setBody(func, module.unreachable());
    emptied++;
  }
}
if (emptied === 0) {
  console.error(`stile: ${file} names no function that is never called; has its name section gone?`);
  process.exit(1);
}
writeFileSync(file, module.emitBinary());
