import { crc32 } from 'node:zlib';

const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
/** 1 January 1980, the first day that zip knows: equal contents give equal bytes. */
const DATE = 0x21;

/** A zip archive of files that are not compressed (PKWARE APPNOTE 6.3.3), as MediaPipe maps them into memory. */
export function storedZip(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  const names = files.map(([name]) => new TextEncoder().encode(name));
  const bodies = files.reduce((sum, [, bytes], i) => sum + LOCAL_BYTES + names[i].length + bytes.length, 0);
  const entries = names.reduce((sum, name) => sum + ENTRY_BYTES + name.length, 0);
  const out = new Uint8Array(bodies + entries + END_BYTES);
  const view = new DataView(out.buffer);
  let [at, entry] = [0, bodies];
  files.forEach(([, bytes], i) => {
    const name = names[i];
    const start = at;
    view.setUint32(at, 0x04034b50, true);
    describe(view, at + 4, name.length, bytes);
    out.set(name, at + LOCAL_BYTES);
    out.set(bytes, at + LOCAL_BYTES + name.length);
    at += LOCAL_BYTES + name.length + bytes.length;
    view.setUint32(entry, 0x02014b50, true);
    view.setUint16(entry + 4, 20, true);
    describe(view, entry + 6, name.length, bytes);
    view.setUint32(entry + 42, start, true);
    out.set(name, entry + ENTRY_BYTES);
    entry += ENTRY_BYTES + name.length;
  });
  view.setUint32(entry, 0x06054b50, true);
  view.setUint16(entry + 8, files.length, true);
  view.setUint16(entry + 10, files.length, true);
  view.setUint32(entry + 12, entries, true);
  view.setUint32(entry + 16, bodies, true);
  return out;
}

/** What both headers of a file say of it: version, flags, method, time, date, checksum, sizes, length of its name. */
function describe(view: DataView, at: number, nameBytes: number, bytes: Uint8Array): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, crc32(bytes), true);
  view.setUint32(at + 14, bytes.length, true);
  view.setUint32(at + 18, bytes.length, true);
  view.setUint16(at + 22, nameBytes, true);
}
