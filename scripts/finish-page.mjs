// Runs after Trunk has written the page, before it takes the old one's place: moves the inline start script
// into a file of its own (the server's policy is `script-src 'self' 'wasm-unsafe-eval'`), joins the style sheets, and adds the
// fonts and the parts of the page that are fetched later.
// Compressing is not done here but in scripts/compress-page.mjs.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stage = process.env.TRUNK_STAGING_DIR;
const root = process.env.TRUNK_SOURCE_DIR ? join(process.env.TRUNK_SOURCE_DIR, "..") : ".";
if (!stage) throw new Error("this is Trunk's post_build hook: TRUNK_STAGING_DIR is not set");

const fonts = [
  ["inter", "inter-latin-wght-normal.woff2", "inter-latin.woff2"],
  ["jetbrains-mono", "jetbrains-mono-latin-wght-normal.woff2", "jetbrains-mono-latin.woff2"],
];

function externaliseInlineScripts() {
  const page = join(stage, "index.html");
  const inline = /<script\b(?![^>]*\bsrc=)([^>]*)>([\s\S]*?)<\/script>/g;
  // Browsers ignore the digest on a preloaded WebAssembly file and say so in the console on every visit.
  const preload = /<link\b[^>]*\bas="?fetch\b[^>]*>/g;
  const withoutDigest = (link) => link.replace(/ integrity="?[^">\s]+"?/, "");
  const html = readFileSync(page, "utf8").replace(preload, withoutDigest).replace(inline, (_tag, attributes, body) => {
    const digest = createHash("sha384").update(body).digest();
    const name = `start-${digest.toString("hex").slice(0, 16)}.js`;
    writeFileSync(join(stage, name), body);
    return `<script${attributes} src="/${name}" integrity="sha384-${digest.toString("base64")}"></script>`;
  });
  writeFileSync(page, html);
}

/** One style sheet in the place of all: each is a request that the first picture waits for. */
function joinStyles() {
  const page = join(stage, "index.html");
  const links = /\s*<link rel="stylesheet" href="\/([^"]+\.css)"[^>]*>/g;
  const html = readFileSync(page, "utf8");
  const files = [...html.matchAll(links)].map(([, name]) => join(stage, name));
  if (files.length === 0) throw new Error(`${page} has no style sheets as Trunk wrote them before`);
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  files.forEach((file) => rmSync(file));
  const digest = createHash("sha384").update(text).digest();
  const name = `page-${digest.toString("hex").slice(0, 16)}.css`;
  writeFileSync(join(stage, name), text);
  const link = `\n    <link rel="stylesheet" href="/${name}" integrity="sha384-${digest.toString("base64")}">`;
  let placed = false;
  writeFileSync(page, html.replace(links, () => (placed ? "" : ((placed = true), link))));
}

function copyFonts() {
  const folder = join(stage, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const [family, file, name] of fonts) {
    const source = join(root, "frontend/node_modules/@fontsource-variable", family);
    copyFileSync(join(source, "files", file), join(folder, name));
    copyFileSync(join(source, "LICENSE"), join(folder, `${family}.LICENSE.txt`));
  }
}

/** What scripts/split-page.mjs cut off. */
function copyParts() {
  const folder = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "wasm-bindgen/release/parts");
  if (!existsSync(folder)) throw new Error(`${folder}: the page was not cut; build it with scripts/build-page`);
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(stage, name));
}

externaliseInlineScripts();
joinStyles();
copyFonts();
copyParts();
