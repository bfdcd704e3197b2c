// Nobody is left out: axe-core finds nothing serious, the whole board can be walked with the keyboard in reading order with
// the focus always seen, charts say in words what they show, and nothing interrupts a screen reader.

import { type Page, expect, test } from "@playwright/test";
import { faults } from "../support/axe";
import { Board, TAXI_PANELS } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;
let url: string;

test.beforeAll(async () => {
  demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "100").until("ready ", 90_000);
  url = demo.said;
});

test.afterAll(async () => {
  await demo?.stop();
});

const SCREENS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [screen, size] of Object.entries(SCREENS)) {
  for (const theme of ["light", "dark"]) {
    test(`axe finds nothing serious: ${screen}, ${theme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await page.goto(`${url}?theme=${theme}`);
      await expect(page.getByRole("link", { name: "Taxis live" }).first()).toBeVisible();
      const found = { home: await faults(page), board: [] as string[], menu: [] as string[] };
      const board = new Board(page);
      await board.open(url, `?theme=${theme}`);
      await board.expectAll("live");
      await board.chip("fares").focus();
      await expect(board.panel("fares").getByRole("tooltip")).toBeVisible();
      found.board = await faults(page);
      await page.getByRole("button", { name: "Time range" }).click();
      await expect(page.getByRole("dialog", { name: "Time range" })).toBeVisible();
      found.menu = await faults(page);
      expect(found).toEqual({ home: [], board: [], menu: [] });
    });
  }
}

interface Stop {
  name: string;
  panel: string | null;
  isSeen: boolean;
}

/** Where the focus is, and whether that can be seen. */
async function stop(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    // What one types into lies in a frame with its icon and its button: the ring is the frame's.
    const style = getComputedStyle(at.matches("[role=combobox], label.find > input, label.query > input") ? at.parentElement! : at);
    const box = at.getBoundingClientRect();
    const hasRing = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    return {
      name: at.getAttribute("aria-label") ?? (((at as HTMLInputElement).labels?.[0] ?? at).textContent!.trim() || (at.getAttribute("title") ?? "")),
      panel: at.closest("[data-panel-id]")?.getAttribute("data-panel-id") ?? null,
      isSeen: hasRing && box.width > 0 && box.height > 0,
    };
  });
}

/** All stops of a page, each of which has a name and is seen. */
async function walk(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let step = 0; step < 250; step += 1) {
    await page.keyboard.press("Tab");
    const at = await stop(page);
    if (!at) break;
    stops.push(at);
  }
  expect(stops.length, "the walk ends").toBeLessThan(250);
  expect(stops.filter(({ isSeen }) => !isSeen).map(({ name, panel }) => `${panel}: ${name}`), "focus that is not seen").toEqual([]);
  expect(stops.filter(({ name }) => name === ""), "stops without a name").toEqual([]);
  return stops;
}

/** Pages, and what each of them has to offer by keyboard. */
const PAGES: Record<string, { path: string; ready: string; offers: RegExp[] }> = {
  home: { path: "", ready: ".bcard canvas", offers: [/^New dashboard/, /^Import/, /Taxis live/] },
  "first run": { path: "?suggest=1", ready: "button:has-text('telemetry')", offers: [/^telemetry/] },
  discover: { path: "discover?stream=trips", ready: "tr[data-row]", offers: [/^Stream:/, /^Time range/, /^Record at/, /CSV/] },
  streams: { path: "streams", ready: ".streams a, .streams button", offers: [/telemetry/] },
  "a board being edited": { path: "d/taxis-live?edit=1", ready: "[data-panel-id=fares][data-state=live]", offers: [/arrows move it/, /Add panel/, /^Undo|^Discard/, /^Save/] },
  "an embedded board": { path: "embed/d/taxis-live", ready: "[data-panel-id=fares][data-state=live]", offers: [/^Menu of/] },
};

for (const [name, { path, ready, offers }] of Object.entries(PAGES)) {
  test(`by keyboard: ${name}`, async ({ page }) => {
    await page.goto(`${url}${path}`);
    await expect(page.locator(ready).first()).toBeVisible();
    const names = (await walk(page)).map((stop) => stop.name);
    for (const offer of offers) expect(names.some((name) => offer.test(name)), `${offer} among ${names.join(", ")}`).toBe(true);
  });
}

test("by keyboard: the editor of a panel", async ({ page }) => {
  const board = new Board(page);
  await board.open(url, "?edit=1");
  await board.expectState("trips-by-zone", "live");
  await board.panel("trips-by-zone").getByRole("button", { name: /arrows move it/ }).press("Enter");
  await expect(page.locator(".editor")).toBeVisible();
  const names = (await walk(page)).map((stop) => stop.name);
  for (const offer of ["Title", "Stream", "Done", "Way to go on"]) expect(names.some((name) => name.startsWith(offer)), offer).toBe(true);
});

test("the whole board by keyboard, in reading order, the focus always seen", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectAll("live");
  const stops = await walk(page);
  const order = stops.map(({ panel }) => panel).filter((panel): panel is string => panel !== null);
  const panels = order.filter((panel, index) => panel !== order[index - 1]);
  // Each panel once, in the order of rows and columns.
  const places = await page.locator("[data-panel-id]").evaluateAll((panels) =>
    panels.map((panel) => {
      const { x, y } = panel.getBoundingClientRect();
      return { id: panel.getAttribute("data-panel-id")!, x, y };
    }));
  places.sort((a, b) => a.y - b.y || a.x - b.x);
  expect(panels).toEqual(places.map(({ id }) => id));
});

test("a chart says in words what it shows, and the words are true", async ({ page, request }) => {
  const board = new Board(page);
  // A stretch that is over: the picture and the question have the same answer.
  const to = Math.floor(Date.now() / 60_000 - 10) * 60_000;
  const from = to - 20 * 60_000;
  await board.open(url, `?from=${from}&to=${to}`);
  await board.expectAll("live");
  const charts = board.page.locator("[data-panel-id]:has(canvas[role=img])");
  expect(await charts.count()).toBeGreaterThan(3);
  await expect.poll(async () => (await charts.locator(".plot .sr").allInnerTexts()).filter((words) => !words.trim())).toEqual([]);
  const answer = await request.post(`${url}api/query`, {
    data: {
      stream: "zone_minute",
      time: { from, to },
      buckets: [{ id: "minute", type: "date_histogram", fixed_interval: "1m" }],
      metrics: [{ id: "trips", type: "sum", field: "trips" }],
    },
  });
  const rows: [number, number][] = (await answer.json()).rows;
  // The first of equals, as one reads.
  const [at, most] = rows.reduce((best, row) => (row[1] > best[1] ? row : best));
  const time = new Date(at).toISOString().slice(11, 16);
  const summary = board.panel("trips-by-zone").locator(".plot .sr");
  await expect(summary).toContainText(`${rows.length} buckets, highest ${most} at ${time}, newest ${rows.at(-1)![1]}`);
});

test("what changes is told politely, and only when it is news", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectAll("live", TAXI_PANELS.slice(0, 3));
  // The other panels follow, and with the last of them the board is; by night, when trips are rare, one of them may be quiet.
  await expect(page.getByRole("status").filter({ hasText: /^(Live|quiet|slow \w+)$/i })).toHaveCount(1);
  // Counts what a screen reader would be given to say.
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]";
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest(live);
        if (region) told.push(`${region.getAttribute("role") ?? region.getAttribute("aria-live")}: ${region.textContent}`);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  for (let update = 0; update < 3; update += 1) await board.expectUpdate("fleet");
  const words = await told();
  expect(words.filter((word) => /\d/.test(word)), "ages and numbers that change all the time are not read out").toEqual([]);
  expect(words.length, "news is rare").toBeLessThan(4);
  await page.getByRole("button", { name: /pause/i }).click();
  await expect.poll(told).toContainEqual(expect.stringMatching(/^status: Paused/));
  expect(await page.locator("[role=alert], [aria-live=assertive]").count()).toBe(0);
});
