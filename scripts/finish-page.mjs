// Runs after Trunk has written the page, before it takes the old one's place: makes one module of the inline start script (the
// server's policy is `script-src 'self' 'wasm-unsafe-eval'`) and of all it imports, joins the style sheets, and adds the fonts and
// the parts of the page that are fetched later.
// Compressing is not done here but in scripts/compress-page.mjs.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildSync } from "../frontend/node_modules/esbuild/lib/main.js";

const stage = process.env.TRUNK_STAGING_DIR;
const root = process.env.TRUNK_SOURCE_DIR ? join(process.env.TRUNK_SOURCE_DIR, "..") : ".";
if (!stage) throw new Error("this is Trunk's post_build hook: TRUNK_STAGING_DIR is not set");

const fonts = [
  ["inter", "inter-latin-wght-normal.woff2", "inter-latin"],
  ["jetbrains-mono", "jetbrains-mono-latin-wght-normal.woff2", "jetbrains-mono-latin"],
];

const page = join(stage, "index.html");

/** Writes what is kept for as long as its name; tells the name and the digest that the page asks for. */
function writeNamed(kind, extension, content) {
  const digest = createHash("sha384").update(content).digest();
  const name = `${kind}-${digest.toString("hex").slice(0, 16)}.${extension}`;
  writeFileSync(join(stage, name), content);
  return { name, integrity: `sha384-${digest.toString("base64")}` };
}

/**
 * One module in the place of the start script, wasm-bindgen's glue and the snippets: the page's first line of Rust waits for each of
 * them to be fetched, checked and compiled.
 */
function joinModules() {
  const inline = /<script type="module">([\s\S]*?)<\/script>/;
  const preloads = /<link rel="modulepreload"[^>]*>/g;
  // Browsers ignore the digest on a preloaded WebAssembly file and say so in the console on every visit.
  const preload = /<link\b[^>]*\bas="?fetch\b[^>]*>/g;
  const html = readFileSync(page, "utf8");
  const [tag, start] = inline.exec(html) ?? [];
  const glue = /from '\/([^']+\.js)'/.exec(start ?? "")?.[1];
  if (!glue) throw new Error(`${page} does not start as Trunk had it start before`);
  const { outputFiles } = buildSync({
    stdin: { contents: start.replace("from '/", "from './"), resolveDir: stage },
    bundle: true, minify: true, format: "esm", target: "es2022", write: false, logLevel: "warning",
    logOverride: { "duplicate-object-key": "silent" }, // the glue names the module that fetches parts once for each part
  });
  const { name, integrity } = writeNamed("page", "js", outputFiles[0].contents);
  rmSync(join(stage, glue));
  rmSync(join(stage, "snippets"), { recursive: true });
  const withoutDigest = (link) => link.replace(/ integrity="?[^">\s]+"?/, "");
  const module = `<script type="module" src="/${name}" integrity="${integrity}"></script>`;
  writeFileSync(page, html.replace(tag, () => module).replace(preloads, "").replace(preload, withoutDigest));
}

/** One style sheet in the place of all: each is a request that the first picture waits for. */
function joinStyles() {
  const links = /\s*<link rel="stylesheet" href="\/([^"]+\.css)"[^>]*>/g;
  const html = readFileSync(page, "utf8");
  const files = [...html.matchAll(links)].map(([, name]) => join(stage, name));
  if (files.length === 0) throw new Error(`${page} has no style sheets as Trunk wrote them before`);
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  files.forEach((file) => rmSync(file));
  const { name, integrity } = writeNamed("page", "css", text);
  const link = `\n    <link rel="stylesheet" href="/${name}" integrity="${integrity}">`;
  let placed = false;
  writeFileSync(page, html.replace(links, () => (placed ? "" : ((placed = true), link))));
}

/** Fonts get names that they can be kept by, and whoever names them is told. */
function copyFonts() {
  const folder = join(stage, "fonts");
  mkdirSync(folder, { recursive: true });
  const texts = readdirSync(stage).filter((name) => /\.(html|css)$/.test(name)).map((name) => join(stage, name));
  for (const [family, file, plain] of fonts) {
    const source = join(root, "frontend/node_modules/@fontsource-variable", family);
    const { name } = writeNamed(`fonts/${plain}`, "woff2", readFileSync(join(source, "files", file)));
    const naming = texts.filter((text) => readFileSync(text, "utf8").includes(`/fonts/${plain}.woff2`));
    if (naming.length === 0) throw new Error(`nothing in the page names /fonts/${plain}.woff2`);
    for (const text of naming) writeFileSync(text, readFileSync(text, "utf8").replaceAll(`/fonts/${plain}.woff2`, `/${name}`));
    copyFileSync(join(source, "LICENSE"), join(folder, `${family}.LICENSE.txt`));
  }
}

/** What scripts/split-page.mjs cut off. */
function copyParts() {
  const folder = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "wasm-bindgen/release/parts");
  if (!existsSync(folder)) throw new Error(`${folder}: the page was not cut; build it with scripts/build-page`);
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(stage, name));
}

joinModules();
copyFonts();
joinStyles();
copyParts();
