// Writes a Brotli copy next to each file of the page that compresses, for the server to send as it is, and
// prints what a first visit downloads. More than the page may weigh is an error.
// Usage: node scripts/compress-page.mjs dist

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const compressible = new Set([".html", ".js", ".css", ".wasm", ".svg", ".json", ".geojson", ".txt", ".webmanifest"]);
// What the page may weigh as it is sent, kB without fonts: all that is there before a board's first picture, and the parts that are
// fetched later (scripts/split-page.mjs) with it. To be lowered when the page becomes smaller; raised for nothing small.
const most = { first: 425, all: 825 };
const isPart = (name) => /^part-[0-9a-f]+\.wasm$/.test(name);
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
const total = { raw: 0, sent: 0, fonts: 0, parts: 0 };
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
    if (isPart(relative(folder, path))) total.parts += sent;
  }
}
console.log(`${kilobytes(total.raw)} ${kilobytes(total.sent)}  in all, without ${(total.fonts / 1000).toFixed(1)} kB of fonts`);

const weight = { first: (total.sent - total.parts) / 1000, all: total.sent / 1000 };
console.log(`${" ".repeat(9)} ${kilobytes(total.sent - total.parts)}  before the first picture of a board, without fonts`);
for (const [what, words] of [["first", "what is fetched before the first picture"], ["all", "the page"]]) {
  if (weight[what] <= most[what]) continue;
  console.error(
    `error: ${words} has become too large: ${weight[what].toFixed(1)} kB, at most ${most[what]} (scripts/compress-page.mjs). ` +
      "What only some boards or clicks need belongs into a part (frontend/src/lazy.rs)",
  );
  process.exitCode = 1;
}
