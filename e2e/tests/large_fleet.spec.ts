// A fleet larger than one answer: the map asks for what it shows, tile by tile, and a dispatcher notices nothing but that it is
// quick; on a real Apache Kafka.

import { type Locator, type Page, expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { taxiDemo } from "../support/demo";

const CABS = 10_400;

const demo = taxiDemo(CABS, "10s");

const numbers = (text: string) => (text.replaceAll(",", "").match(/\d+/g) ?? []).map(Number);

/** The map, and the tiles that the page has asked for so far, with their units. */
async function openMap(page: Page): Promise<{ map: Locator; tiles: Set<string> }> {
  const tiles = new Set<string>();
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const [, tile, extent] = /"tile":"([\d/]+)","extent":(\d+)/.exec(String(payload)) ?? [];
      if (tile) tiles.add(`${tile} in ${extent}`);
    }),
  );
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectState("map", "live");
  const map = board.panel("map");
  await expect.poll(() => inView(map), "cabs come with their tiles").toBeGreaterThan(5_000);
  return { map, tiles };
}

const inView = async (map: Locator) => numbers(await map.locator(".note").innerText())[0] ?? 0;

async function zoomIn(page: Page, map: Locator, notches: number): Promise<{ x: number; y: number }> {
  const box = (await map.locator(".mapview").boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  for (let notch = 0; notch < notches; notch += 1) await page.mouse.wheel(0, -240);
  return middle;
}

test("all are counted, and only what is in view is asked for", async ({ page, request }) => {
  const said = complaints(page);
  const { map, tiles } = await openMap(page);
  const answer = await request.post(`${demo.url}api/query`, { data: { stream: "telemetry", entities: { size: 1 } } });
  const { total }: { total: number } = await answer.json();
  expect(total).toBeGreaterThan(10_000);
  await expect.poll(async () => Math.abs(numbers(await map.locator(".note").innerText())[1] - total)).toBeLessThan(60);
  await expect(map.locator(".note")).not.toContainText("hidden");
  await expect(map.locator("header .sub")).toHaveText("");
  // The legend tells of those in view.
  const legend = async () => numbers((await map.locator(".mapleg b").allTextContents()).join(" ")).reduce((a, b) => a + b, 0);
  await expect.poll(async () => Math.abs((await legend()) - (await inView(map)))).toBeLessThan(60);
  expect(tiles.size).toBeGreaterThan(1);
  expect(tiles.size).toBeLessThan(20);
  expect(said).toEqual([]);
});

test("dragging and zooming ask for other tiles, and nobody vanishes meanwhile", async ({ page }) => {
  const { map, tiles } = await openMap(page);
  await map.locator(".note").evaluate((note) => {
    const seen = { least: Infinity, last: 0 };
    Object.assign(globalThis, { seen });
    const look = () => {
      seen.last = Number((note.textContent ?? "").replaceAll(",", "").match(/\d+/)?.[0] ?? 0);
      seen.least = Math.min(seen.least, seen.last);
    };
    new MutationObserver(look).observe(note, { subtree: true, childList: true, characterData: true });
  });
  const before = new Set(tiles);
  const middle = await zoomIn(page, map, 4);
  let left = await inView(map);
  const isSettled = async () => {
    const before = left;
    left = await inView(map);
    return left < 5_000 && Math.abs(left - before) < 0.05 * left;
  };
  await expect.poll(isSettled, { message: "the zoom has come to its end", intervals: [700] }).toBe(true);
  // A slow page may still be at it: what counts is what it said last.
  const { least, last } = await page.evaluate(() => (globalThis as unknown as { seen: { least: number; last: number } }).seen);
  expect(last, "it was looked at").toBeGreaterThan(0);
  expect(least, "the fewest in view at any time").toBeGreaterThan(last * 0.7);
  const finer = [...tiles].filter((tile) => !before.has(tile));
  expect(finer.length, "the same in finer units").toBeGreaterThan(0);
  await map.getByRole("button", { name: "Back to the start" }).click();
  await expect.poll(() => inView(map)).toBeGreaterThan(5_000);
  const asked = tiles.size;
  for (let step = 0; step < 4; step += 1) {
    await page.mouse.move(middle.x + 150, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x - 150, middle.y, { steps: 6 });
    await page.mouse.up();
  }
  await expect.poll(() => tiles.size, "those to the east").toBeGreaterThan(asked);
});

test("a cab far outside of the view is found by its name, and its card knows all of it", async ({ page, request }) => {
  const { map } = await openMap(page);
  await zoomIn(page, map, 8);
  await expect.poll(() => inView(map)).toBeLessThan(1_000);
  // One that is far away.
  const answer = await request.post(`${demo.url}api/query`, {
    data: { stream: "telemetry", entities: { size: 5, bounds: [-122.52, 37.7, -122.48, 37.75], fields: ["status"] } },
  });
  const { rows }: { rows: [string][] } = await answer.json();
  const [name] = rows[0];
  await map.getByRole("button", { name: "List and search" }).click();
  const find = map.getByRole("searchbox");
  await find.fill(name.toUpperCase());
  await expect(map.getByRole("option").first()).toContainText(name);
  await find.press("Enter");
  const card = map.locator(".cab");
  await expect(card).toContainText(`Cab ${name}`);
  await expect(card).toContainText("Zone");
  const places = () =>
    map.locator("canvas.above").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((byte) => byte > 0);
    });
  await expect.poll(places, "the map went there").toBe(true);
});

test("under a filter that leaves few they come as a whole again", async ({ page }) => {
  const { map } = await openMap(page);
  const search = page.getByRole("combobox").or(page.getByPlaceholder(/Search with DQL/)).first();
  await search.fill("status: off_duty");
  await search.press("Enter");
  const legend = map.locator(".mapleg button", { hasText: "Hired" });
  await expect.poll(async () => numbers(await legend.innerText())[0]).toBe(0);
  await expect.poll(() => inView(map)).toBeGreaterThan(100);
  await search.fill("");
  await search.press("Enter");
  await expect.poll(() => inView(map)).toBeGreaterThan(5_000);
});
