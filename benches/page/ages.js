// When what was painted: `node ages.js '{"url": …, "warmMs": …, "seconds": …}'`.
//
// The dashboard has a table whose one number is the newest record's time of sending, epoch ms. Each time it changes, the moment
// is taken at which the frame with it has been painted. The result is a line of JSON: [[newest sent, painted], …], epoch ms.

import { launch, wait } from "./browser.js";

const { url, warmMs, seconds } = JSON.parse(process.argv[2]);

const watch = () => {
  globalThis.painted = [];
  let noted;
  const look = () => {
    const newest = Number(document.querySelector("[data-panel-id=newest] td")?.textContent.replaceAll(",", ""));
    if (!(newest > 1e12) || newest === noted) return;
    noted = newest;
    // A frame's callbacks come before its painting, a task after it.
    requestAnimationFrame(() => setTimeout(() => globalThis.painted.push([newest, performance.timeOrigin + performance.now()])));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
};

const { browser, close } = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await page.addInitScript(watch);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.painted.length > 0, undefined, { timeout: 60_000 });
  await wait(warmMs);
  await page.evaluate(() => globalThis.painted.splice(0));
  await wait(seconds * 1_000);
  console.log(JSON.stringify(await page.evaluate(() => globalThis.painted)));
} finally {
  await close();
}
