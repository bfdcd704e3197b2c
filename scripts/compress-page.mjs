// Writes a Brotli copy next to each file of the page that compresses, for the server to send as it is, and
// prints what a first visit downloads.
// Usage: node scripts/compress-page.mjs dist

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const compressible = new Set([".html", ".js", ".css", ".wasm", ".svg", ".json", ".geojson", ".txt", ".webmanifest"]);
const folder = process.argv[2];
if (!folder) throw new Error("usage: node scripts/compress-page.mjs FOLDER");

function compress(path) {
  const raw = readFileSync(path);
  const packed = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(`${path}.br`, packed);
  return packed.length;
}

const files = readdirSync(folder, { recursive: true })
  .map((name) => join(folder, name))
  .filter((path) => statSync(path).isFile() && !path.endsWith(".br"))
  .sort();

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
const total = { raw: 0, sent: 0, fonts: 0 };
console.log(`${"raw kB".padStart(9)}${"sent kB".padStart(10)}  file`);
for (const path of files) {
  const raw = statSync(path).size;
  const sent = compressible.has(extname(path)) ? compress(path) : raw;
  console.log(`${kilobytes(raw)} ${kilobytes(sent)}  ${relative(folder, path)}`);
  if (relative(folder, path).startsWith("fonts")) {
    total.fonts += sent;
  } else {
    total.raw += raw;
    total.sent += sent;
  }
}
console.log(`${kilobytes(total.raw)} ${kilobytes(total.sent)}  in all, without ${(total.fonts / 1000).toFixed(1)} kB of fonts`);
