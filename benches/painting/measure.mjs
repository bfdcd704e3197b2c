// Opens pages in the tests' headless Chromium, which paints without a graphics processor, and tells what each costs: CPU time of
// the whole tree of the browser's processes per frame that was drawn.
//
//   node measure.mjs PLAN    PLAN as JSON: {passes, warm_ms, stretch_ms, width, height, screenshots, variants: [{name, url}]}
//
// Variants take turns, so that all of them meet the machine in the same mood. `url` with a leading slash is a page of this folder.
// `#map-only` hides the other panels of a board of the product and has each vehicle drawn, however many there are.
// A page of the product tells its frames by what it does to canvases; the others count in `window.framesDrawn`.
// Prints a line of JSON for each variant and pass: {name, cpu_ms, frames, seconds, age_ms}.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../../e2e/package.json"))("@playwright/test");
const plan = JSON.parse(process.argv[2]);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" };

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://here").pathname);
  try {
    const streets = path === "/streets.geojson";
    const file = streets ? join(here, "../../assets/streets/san-francisco.geojson.gz") : join(here, path);
    const content = readFileSync(file);
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/json");
    response.end(streets ? gunzipSync(content) : content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const own = `http://127.0.0.1:${server.address().port}`;

/** All processes below `pid`, itself included. */
function tree(pid) {
  const children = new Map();
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = +readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /, "").split(" ")[1];
      children.set(parent, [...(children.get(parent) ?? []), +name]);
    } catch {
      // It has just ended.
    }
  }
  const found = [pid];
  for (const at of found) found.push(...(children.get(at) ?? []));
  return found;
}

/** CPU time of a tree of processes so far, ms. */
function cpuMs(pid) {
  let nanos = 0;
  for (const at of tree(pid)) {
    try {
      for (const task of readdirSync(`/proc/${at}/task`)) {
        nanos += +readFileSync(`/proc/${at}/task/${task}/schedstat`, "utf8").split(" ")[0];
      }
    } catch {
      // It has just ended.
    }
  }
  return nanos / 1e6;
}

// Counts the frames in which the product painted: it begins each picture with one of these calls.
const count = () => {
  window.framesDrawn = 0;
  let painted = false;
  for (const name of ["putImageData", "fillRect"]) {
    const call = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...all) {
      painted = true;
      return call.apply(this, all);
    };
  }
  const frame = () => {
    if (painted) window.framesDrawn++;
    painted = false;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};

// Ages of what is painted: a cell whose words are the newest record's time, epoch ms, taken when it has been painted.
const ages = () => {
  window.ages = [];
  const note = () => {
    const cell = document.querySelector("td.num");
    const at = Number(cell?.textContent.replaceAll(",", ""));
    if (at > 1e12 && at !== window.noted) {
      window.noted = at;
      requestAnimationFrame(() => setTimeout(() => window.ages.push(performance.timeOrigin + performance.now() - at)));
    }
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
};

async function onlyMap(page) {
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      document.head.insertAdjacentHTML("beforeend", "<style>.panel:not(.map) { display: none }</style>");
    });
  });
  await page.route("**/api/dashboards/*", async (route) => {
    const board = await (await route.fetch()).json();
    for (const { visualization } of board.dashboard.attributes.panels) {
      if (visualization?.type === "map") visualization.params.group_above = 0;
    }
    await route.fulfill({ json: board });
  });
}

async function measure(variant, pass) {
  const browser = await chromium.launchServer({
    executablePath: process.env.HAILSTREAM_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const connection = await chromium.connect(browser.wsEndpoint());
    const page = await connection.newPage({ viewport: { width: plan.width, height: plan.height } });
    const isOurs = !variant.url.startsWith("/");
    if (isOurs) await page.addInitScript(variant.ages ? ages : count);
    if (variant.url.endsWith("#map-only")) await onlyMap(page);
    await page.goto(isOurs ? variant.url : own + variant.url);
    await page.waitForTimeout(plan.warm_ms);
    const pid = browser.process().pid;
    const state = () => page.evaluate(() => ({ frames: window.framesDrawn ?? 0, now: performance.now() }));
    await page.evaluate(() => window.ages?.splice(0));
    const [before, spent] = [await state(), cpuMs(pid)];
    await page.waitForTimeout(plan.stretch_ms);
    const [after, cpu] = [await state(), cpuMs(pid)];
    if (pass === 0) await page.screenshot({ path: join(plan.screenshots, `${variant.name}.png`) });
    const seconds = (after.now - before.now) / 1000;
    const taken = await page.evaluate(() => window.ages ?? []);
    console.log(JSON.stringify({ name: variant.name, cpu_ms: cpu - spent, frames: after.frames - before.frames, seconds, ages_ms: taken }));
  } finally {
    await browser.close();
  }
}

for (let pass = 0; pass < plan.passes; pass++) {
  for (const variant of plan.variants) await measure(variant, pass);
}
server.close();
