// Stands in for wasm-bindgen while Trunk builds the page: cuts the compiled page along its `#[wasm_split]` functions into a first
// file and parts that are fetched when they are needed (frontend/src/lazy.rs), then runs wasm-bindgen on the first.
//
// The cut is before wasm-bindgen, because that drops the relocations which tell what reaches what. The parts are left in the
// folder `parts` beside wasm-bindgen's own output, for scripts/finish-page.mjs; the module that fetches them is a snippet, which
// Trunk puts into the page with its digest.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const given = process.argv.slice(2);
const run = (tool, words) => execFileSync(tool, words, { stdio: "inherit" });
const bindgen = (words) => run(process.env.HAILSTREAM_WASM_BINDGEN, words);
const option = (name) => given.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** Replaces `before`, which must be there: another version of a tool may write another text. */
function replaced(text, before, after) {
  if (!text.includes(before)) throw new Error(`split-page: there is no ${before} in what the tools wrote`);
  return text.replaceAll(before, after);
}

/** What wasm-opt is told for the first file, it is told for all. */
function optimiserWords() {
  const words = /data-wasm-opt-params="([^"]+)"/.exec(readFileSync("frontend/index.html", "utf8"))?.[1];
  if (!words) throw new Error("split-page: frontend/index.html has no data-wasm-opt-params");
  return ["-Oz", ...words.split(" ")];
}

function cutPage(page, folder, name) {
  const cut = join(folder, "cut"), parts = join(folder, "parts"), snippets = join(folder, "snippets");
  for (const stale of [cut, parts, snippets]) rmSync(stale, { recursive: true, force: true });
  mkdirSync(parts, { recursive: true });
  run("wasm-split-cli", [page, cut, "--out-name", name]);
  // The table of functions, by which parts and the first file call each other, is an export of the linker's.
  bindgen(["--keep-lld-exports", ...given.map((word) => (word === page ? join(cut, `${name}.wasm`) : word))]);

  let fetching = readFileSync(join(cut, "__wasm_split.js"), "utf8");
  for (const file of readdirSync(cut).filter((file) => fetching.includes(`"./${file}"`) && file.endsWith(".wasm"))) {
    const small = join(parts, "small");
    run("wasm-opt", [...optimiserWords(), join(cut, file), "-o", small]);
    const bytes = readFileSync(small);
    const named = `part-${digest(bytes)}.wasm`;
    rmSync(small);
    writeFileSync(join(parts, named), bytes);
    fetching = replaced(fetching, `"./${file}"`, `"/${named}"`);
  }
  // Each of the two modules would import the other by a name that is a digest of its content: one is handed over instead.
  fetching = replaced(fetching, `import { initSync } from "./${name}.js";`, "let initSync;\nexport const take = (own) => { initSync = own; };");
  const fetcher = `./snippets/parts/fetch-${digest(fetching)}.js`;
  mkdirSync(join(snippets, "parts"), { recursive: true });
  writeFileSync(join(folder, fetcher), fetching);

  const glue = join(folder, `${name}.js`);
  writeFileSync(glue, replaced(readFileSync(glue, "utf8"), 'from "./__wasm_split.js"', `from "${fetcher}"`));
  appendFileSync(glue, `\nimport { take } from "${fetcher}";\ntake(initSync);\n`);
}

const page = given.find((word) => word.endsWith(".wasm"));
if (page) cutPage(page, option("--out-dir"), option("--out-name"));
else bindgen(given);
