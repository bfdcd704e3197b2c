// Measures variants of a picture side by side: `node measure.js SPEC.json`, which the bench program writes and calls.
//
// All variants take turns within each pass, each in a browser of its own; what counts is the CPU time of its whole process
// tree per frame drawn. A screenshot after each first turn shows that everything was drawn. The result is a line of JSON.

import { createServer } from "node:http";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { gunzipSync } from "node:zlib";
import { cpuMs, launch, wait } from "./browser.js";

const spec = JSON.parse(readFileSync(process.argv[2], "utf8"));
const here = import.meta.dirname;
const player = readFileSync(join(here, "player.js"), "utf8");
const WARM_MS = 2_000;

const MIME = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" };
let data; // what the present variant draws

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  if (path === "/data") return void createReadStream(data).pipe(response);
  if (path === "/streets") {
    response.setHeader("content-type", "application/json");
    return void response.end(gunzipSync(readFileSync(spec.streets)));
  }
  const file = join(here, path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.setHeader("content-type", MIME[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

let plot; // the size of our canvas: what the others have to fill

async function open(page, variant) {
  if (!variant.ours) {
    data = variant.data;
    const size = plot ?? { width: 1_200, height: 400 };
    await page.goto(`${origin}/peers.html?${new URLSearchParams({ ...size, ...variant.ask })}`);
    return;
  }
  const { tape, streams, startMs } = variant.ours;
  await page.addInitScript(`globalThis.benchTape = ${JSON.stringify({ streams, startMs, hand: variant.hand })};\n${player}`);
  await page.route("**/bench.tape", (route) => route.fulfill({ body: readFileSync(tape), contentType: "application/octet-stream" }));
  await page.goto(variant.ours.url);
}

/** Our page has applied and painted what it was given: each panel is at the sequence of the last message. */
async function check(page, variant) {
  const [{ frames }, panels] = await page.evaluate(async () => {
    const tick = () => new Promise(requestAnimationFrame);
    const frames = globalThis.bench.frames;
    await tick();
    await tick();
    const panels = [...document.querySelectorAll("[data-panel-id]")];
    return [{ frames }, panels.map(({ dataset: { panelId, state, sequence } }) => ({ panelId, state, sequence: Number(sequence) }))];
  });
  for (const { panelId, state, sequence } of panels) {
    if (state !== "live" || sequence <= frames - variant.ours.every) {
      throw new Error(`${variant.name}: panel ${panelId} is ${state} at ${sequence} of ${frames}`);
    }
  }
}

async function turn(variant, pass) {
  const { browser, root, close } = await launch();
  try {
    const [width, height] = variant.viewport;
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: spec.ratio, colorScheme: "light" });
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await open(page, variant);
    await page.waitForFunction(() => globalThis.bench?.playing, undefined, { timeout: 60_000 });
    await wait(WARM_MS);
    const before = { frames: await page.evaluate(() => globalThis.bench.frames), cpu: cpuMs(root), at: performance.now() };
    await wait(spec.seconds * 1_000);
    const cpu = cpuMs(root) - before.cpu;
    const elapsedMs = performance.now() - before.at;
    const { frames, ended } = await page.evaluate(() => globalThis.bench);
    if (ended) throw new Error(`${variant.name}: the data ended before the measurement did`);
    if (variant.ours) await check(page, variant);
    if (complaints.length) throw new Error(`${variant.name}: ${complaints.join("; ")}`);
    if (pass === 0) await page.screenshot({ timeout: 120_000, path: `${spec.pictures}/${variant.name.replace(/\W+/g, "-")}.png` });
    if (variant.ours) {
      plot = await page.evaluate(() => {
        const { width, height } = document.querySelector("[data-panel-id] canvas").getBoundingClientRect();
        return { width: Math.round(width), height: Math.round(height) };
      });
    }
    const drawn = frames - before.frames;
    return { cpuPerFrame: cpu / drawn, fps: (1_000 * drawn) / elapsedMs };
  } finally {
    await close();
  }
}

const results = spec.variants.map(({ name }) => ({ name, cpuPerFrame: [], fps: [] }));
for (let pass = 0; pass < spec.passes; pass += 1) {
  for (const [index, variant] of spec.variants.entries()) {
    const { cpuPerFrame, fps } = await turn(variant, pass);
    results[index].cpuPerFrame.push(cpuPerFrame);
    results[index].fps.push(fps);
    console.error(`pass ${pass + 1}: ${variant.name}: ${cpuPerFrame.toFixed(2)} ms CPU per frame, ${fps.toFixed(0)} frames/s`);
  }
}
server.close();
console.log(JSON.stringify({ plot, results }));
