// How soon a board is live, and how soon it answers a hand: `node opening.js '{"url": …, "panels": N, "opens": N, "moves": N}'`.
//
// The board is opened several times in one browser, the first time with nothing kept from before. Then a pointer moves over its
// charts; each move's age is taken when the frame after it has been painted. The result is a line of JSON:
// {"opened": [[first live, all live], …], "answered": [ms, …]}, all in ms, opening from the start of the navigation.

import { launch, wait } from "./browser.js";

const { url, panels, opens, moves } = JSON.parse(process.argv[2]);

const REST_MS = 3_000;
const ALL_LIVE = "all panels are live";

const watch = ([panels, ALL_LIVE]) => {
  globalThis.opened = { first: 0, all: 0 };
  const look = () => {
    const live = document.querySelectorAll("[data-panel-id][data-state=live]").length;
    if (live > 0) globalThis.opened.first ||= performance.now();
    if (live < panels || globalThis.opened.all > 0) return;
    globalThis.opened.all = performance.now();
    console.debug(ALL_LIVE);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
  globalThis.answered = [];
  // A frame's callbacks come before its painting, a task after it.
  const painted = (then) => requestAnimationFrame(() => setTimeout(then));
  document.addEventListener("pointermove", ({ timeStamp }) => painted(() => globalThis.answered.push(performance.now() - timeStamp)), true);
};

const { browser, close } = await launch();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  await context.addInitScript(watch, [panels, ALL_LIVE]);
  const opened = [];
  let page;
  for (let open = 0; open < opens; open += 1) {
    await page?.close();
    page = await context.newPage();
    // What the browser still does for the page that was closed, and to have a process in store, is no part of opening this one.
    await wait(REST_MS);
    // Told rather than asked: a question would bring Playwright's own script into the page, in the middle of its opening.
    const told = page.waitForEvent("console", { predicate: (message) => message.text() === ALL_LIVE, timeout: 60_000 });
    await page.goto(url);
    await told;
    opened.push(await page.evaluate(() => [globalThis.opened.first, globalThis.opened.all]));
  }
  await wait(3_000);
  for (let move = 0; move < moves; move += 1) {
    await page.mouse.move(100 + ((move * 37) % 1_200), 200 + ((move * 53) % 600));
    await wait(50);
  }
  console.log(JSON.stringify({ opened, answered: await page.evaluate(() => globalThis.answered) }));
} finally {
  await close();
}
