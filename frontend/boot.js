// Starts the WebAssembly program of a page.
//
// The program hydrates the nodes that the server sent. A translator or an extension may have changed them before, so
// this script compares their fingerprint first. If it differs, the script empties the root, the program renders into
// it, and the script restores the typed input.
//
// If the program fails while it starts, it can't be used any more. The script loads it again, once. If the program
// fails again or can't be loaded, the script removes the program's event listeners, and the page works as it does
// without scripts.

// Leptos fills these while it streams a page. Stile sends pages as a whole, so they stay empty.
globalThis.__RESOLVED_RESOURCES = [];
globalThis.__SERIALIZED_ERRORS = [];
globalThis.__PENDING_RESOURCES = [];
globalThis.__INCOMPLETE_CHUNKS = [];
const root = document.getElementById("app");
const carried = document.getElementById("boot");
// Read before the program loads: going back while it loads changes the address, but not the page.
const address = location.pathname + location.search;

// A menu has its rows for browsers without scripts as text in <noscript>. If it is opened before the program has
// started, this creates elements from that text. The fingerprint ignores them, and the program removes them
// (browser::drop_unscripted).
const unpack = ({ target }) => {
  const packed = target.querySelector("noscript");
  if (!packed?.textContent || target.querySelector("[data-unpacked]")) return;
  packed.parentNode.insertAdjacentHTML("beforeend", `<div data-unpacked>${packed.textContent}</div>`);
};
addEventListener("beforetoggle", unpack, { capture: true });

// Computes the same number from the nodes as app/src/documents/fingerprint.rs does from the markup.
const fingerprint = () => {
  let hash = 0;
  const add = (text) => {
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  };
  const visit = (parent) => {
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.nodeType !== 1) add(node.nodeType === 3 ? "#" : "!");
      else if (!node.hasAttribute("data-unpacked")) {
        const name = node.localName;
        add(name);
        if (name !== "noscript" && name !== "textarea") visit(node);
        add("/");
      }
    }
  };
  visit(root);
  return (hash >>> 0).toString(16);
};

// Lists and compares the nodes below an element. The program uses this to detect changes by others
// (app/src/browser/node_snapshot.rs). Nodes below a claimed element are left out.
const claimed = new WeakSet();
const walk = (parent, each) => {
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (!each(node) || (node.firstChild && !claimed.has(node) && !walk(node, each))) return false;
  }
  return true;
};
globalThis.stileNodes = {
  claim: (parent) => void claimed.add(parent),
  list: (parent) => {
    const nodes = [];
    walk(parent, (node) => nodes.push(node));
    return nodes;
  },
  are: (parent, nodes) => {
    let at = 0;
    return walk(parent, (node) => nodes[at++] === node) && at === nodes.length;
  },
};

// Saves the typed input by id and name of its control, and also focus, selection, open menu and scroll position.
// Returns a function that restores them.
const controls = () => {
  const seen = {};
  return Array.from(root.querySelectorAll("input:not([type=hidden]), select, textarea"), (control) => {
    const key = [control.id, control.name, control.type === "radio" ? control.value : ""].join(" ");
    seen[key] = (seen[key] ?? 0) + 1;
    return [`${key} ${seen[key]}`, control];
  });
};
const keep = () => {
  const [before, focused, left, top] = [new Map(controls()), document.activeElement, scrollX, scrollY];
  const menu = root.querySelector(":popover-open")?.id;
  const selected = [focused?.selectionStart, focused?.selectionEnd, focused?.selectionDirection];
  return () => {
    for (const [key, now] of controls()) {
      const was = before.get(key);
      if (!was || was.type !== now.type) continue;
      if (was.type === "file") now.files = was.files;
      else if (was.type === "checkbox" || was.type === "radio") now.checked = was.checked;
      else if (now.value !== was.value) now.value = was.value;
      if (was !== focused) continue;
      now.focus({ preventScroll: true });
      if (selected[0] != null) now.setSelectionRange(...selected);
    }
    if (menu) document.getElementById(menu)?.showPopover();
    scrollTo(left, top);
  };
};

// Runs `start` and then `listen`. If the root is `empty`, it waits for the page in between, because the router renders
// it in a microtask. If one of these steps fails, it removes all event listeners that they added.
const listening = async (empty, start, listen) => {
  const { prototype } = EventTarget;
  const { addEventListener: add } = prototype;
  const [added, thrown] = [[], []];
  const note = (event) => {
    thrown.push(event.error ?? event.reason);
    event.preventDefault();
  };
  const kinds = ["error", "unhandledrejection"];
  for (const kind of kinds) addEventListener(kind, note);
  prototype.addEventListener = function (...listener) {
    added.push([this ?? globalThis, listener]);
    return add.apply(this, listener);
  };
  try {
    start();
    if (empty) {
      await new Promise((done) => setTimeout(done));
      if (!root.querySelector("#main")) throw thrown.shift() ?? new Error("the program drew no page");
    }
    listen();
    thrown.forEach(reportError);
  } catch (error) {
    for (const [target, listener] of added) target.removeEventListener(...listener);
    throw error;
  } finally {
    prototype.addEventListener = add;
    for (const kind of kinds) removeEventListener(kind, note);
  }
};

let begun = false;
const begin = async (script, anew) => {
  const { default: init, prepare, start, listen } = await import(script);
  await init({ module_or_path: new URL("./stile_bg.wasm", import.meta.url) });
  const ready = await new Promise((done) => prepare(address, carried.textContent, done));
  if (!ready) throw new Error("what this page needs can't be had");
  begun = true;
  const foreign = anew || fingerprint() !== root.dataset.nodes;
  const [nodes, giveBack] = foreign ? [[...root.childNodes], keep()] : [];
  try {
    const draw = () => {
      if (foreign) root.replaceChildren();
      start(foreign);
    };
    await listening(foreign, draw, listen);
  } catch (error) {
    if (foreign) {
      root.replaceChildren(...nodes);
      giveBack();
    }
    throw error;
  }
  giveBack?.();
  // This element has the first page's rows and the grant. Data of a workspace must not stay in the document.
  carried.remove();
};

const goWithout = (error) => {
  document.documentElement.setAttribute("data-unstarted", "");
  // The program may have set this to "manual" before it failed.
  history.scrollRestoration = "auto";
  console.error("Stile's program could not be started. The page works without it.", error);
  const said = document.createElement("div");
  said.className = "toast";
  said.setAttribute("role", "status");
  said.textContent = "This page could not fully load. It still works, but some shortcuts are missing.";
  root.querySelector(".toasts")?.append(said);
};

if (root && carried) {
  try {
    await begin("./stile.js", false).catch((error) => {
      if (!begun) throw error;
      return begin("./stile.js?again", true);
    });
  } catch (error) {
    goWithout(error);
  }
}
