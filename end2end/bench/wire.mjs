// Encodes a list of seats as the server does (app/src/wire.rs): postcard, with the fields in the order of
// `model::picker`. For lists that are longer than those of the demo.
const ORDERS = ["organization", "recent", "name"];
const ORGANIZATION_ROLES = ["owner", "admin", "member"];
const WORKSPACE_ROLES = ["owner", "admin", "billing_admin", "member", "viewer", "guest"];

class Writer {
  bytes = [];
  uint(value) {
    let rest = BigInt(value);
    for (; rest > 127n; rest >>= 7n) this.bytes.push(Number(rest & 127n) | 128);
    this.bytes.push(Number(rest));
  }
  // Zigzag encoding of signed numbers: 0, -1, 1, -2, ...
  int(value) {
    const n = BigInt(value);
    this.uint(n < 0n ? -2n * n - 1n : 2n * n);
  }
  raw(bytes) {
    this.uint(bytes.length);
    for (const byte of bytes) this.bytes.push(byte);
  }
  text(value) {
    this.raw(Buffer.from(value));
  }
  id(value) {
    this.raw(Buffer.from(value.replaceAll("-", ""), "hex"));
  }
  word(value, words) {
    const at = words.indexOf(value);
    if (at < 0) throw new Error(`${value} is none of ${words}`);
    this.uint(at);
  }
  option(value, write) {
    this.bytes.push(value === null || value === undefined ? 0 : 1);
    if (this.bytes.at(-1)) write(value);
  }
  list(values, write) {
    this.uint(values.length);
    for (const value of values) write(value);
  }
}

/** Encodes a list of seats. `build` is the first line of an answer, with the id of the build. */
export function pickerBytes(build, picker) {
  const w = new Writer();
  w.list(picker.organizations, (organization) => {
    w.id(organization.id);
    w.text(organization.name);
    w.uint(organization.place);
    w.option(organization.role, (role) => w.word(role, ORGANIZATION_ROLES));
    w.list(organization.workspaces, (workspace) => {
      w.id(workspace.id);
      w.text(workspace.name);
      w.text(workspace.slug);
      w.option(workspace.seat.direct, (role) => w.word(role, WORKSPACE_ROLES));
      w.option(workspace.seat.organization, (role) => w.word(role, ORGANIZATION_ROLES));
      w.uint(workspace.place);
      w.option(workspace.opened, (at) => w.int(at));
      w.bytes.push(workspace.pinned ? 1 : 0);
      w.list(workspace.former, (slug) => w.text(slug));
      w.option(workspace.brand.hue, (hue) => w.bytes.push(hue));
      w.bytes.push(workspace.brand.automatic);
      w.option(workspace.brand.logo, (logo) => w.text(logo));
      w.uint(workspace.waiting);
    });
  });
  if (picker.deleted.length) throw new Error("a list with deleted workspaces is not written here");
  w.uint(0);
  w.word(picker.order, ORDERS);
  w.option(picker.recents_since, (at) => w.int(at));
  w.text(picker.epoch);
  w.int(picker.as_of);
  return Buffer.concat([build, Buffer.from(w.bytes)]);
}
