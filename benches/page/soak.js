// Watches a tab over a long time: `node soak.js '{"url": …, "everyMs": …, "count": …}'`.
//
// Prints a line of JSON for each look: {heap, memory, resident}, bytes: the JavaScript heap after a collection, the page's
// WebAssembly memory, and the resident memory of all processes of the browser.

import { launch, rssBytes, tree, wait } from "./browser.js";

const { url, everyMs, count } = JSON.parse(process.argv[2]);

const holdMemory = () => {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const call = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await call.apply(WebAssembly, all);
      const exported = (made.instance ?? made).exports.memory;
      if (exported) globalThis.wasmMemory = exported;
      return made;
    };
  }
};

const { browser, root, close } = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await page.addInitScript(holdMemory);
  await page.goto(url);
  await page.waitForSelector("[data-panel-id][data-state=live]", { timeout: 60_000 });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  for (let look = 0; look < count; look += 1) {
    await wait(everyMs);
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
    const memory = await page.evaluate(() => globalThis.wasmMemory.buffer.byteLength);
    const resident = tree(root).reduce((sum, pid) => sum + rssBytes(pid), 0);
    console.log(JSON.stringify({ heap, memory, resident }));
  }
} finally {
  await close();
}
