// Reads a ZIP archive, without a library: the names and contents of its files.
import { inflateRawSync } from "node:zlib";

const [END, ENTRY] = [0x06054b50, 0x02014b50];
const FULL = 0xffffffff;

/** Returns the files by path. Throws if the archive is not complete. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new Error("the archive has no end");
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new Error("the archive has a broken directory");
    const method = archive.readUInt16LE(at + 10);
    const sizes = [archive.readUInt32LE(at + 24), archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 42)];
    const [named, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf8", at + 46, at + 46 + named);
    // Sizes beyond 32 bits are in an extra field, in this order.
    for (let field = at + 46 + named; field < at + 46 + named + extra; field += 4 + archive.readUInt16LE(field + 2)) {
      if (archive.readUInt16LE(field) !== 1) continue;
      let value = field + 4;
      for (const [index, size] of sizes.entries()) {
        if (size !== FULL) continue;
        sizes[index] = Number(archive.readBigUInt64LE(value));
        value += 8;
      }
    }
    const [size, packed, header] = sizes;
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const data = archive.subarray(start, start + packed);
    const content = method === 0 ? data : inflateRawSync(data);
    if (content.length !== size) throw new Error(`${name} has ${content.length} bytes instead of ${size}`);
    files.set(name, content);
    at += 46 + named + extra + comment;
  }
  return files;
}
