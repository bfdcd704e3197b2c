// A stranger opens the demo: cabs move, panels change, the page stays calm; on a real Apache Kafka.

import { expect, test } from "@playwright/test";
import { Board, TAXI_PANELS, complaints } from "../support/board";
import { taxiDemo } from "../support/demo";

const demo = taxiDemo(300, "2s");

test("every panel comes to life and goes on living", async ({ page }) => {
  const said = complaints(page);
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectAll("live");
  for (const id of ["map", "trips-by-zone", "wait-by-zone", "demand", "fares"]) {
    expect(await board.colours(id), `${id} is drawn`).toBeGreaterThan(4);
  }
  await board.expectUpdate("map");
  await board.expectUpdate("fleet");
  expect(said).toEqual([]);
});

test("cabs move between two looks", async ({ page }) => {
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectState("map", "live");
  const picture = () => board.panel("map").locator("canvas").first().screenshot();
  const before = await picture();
  await expect.poll(async () => !(await picture()).equals(before)).toBe(true);
});

test("numbers on the page are those of the API", async ({ page, request }) => {
  const board = new Board(page);
  // A minute that is over: nothing in it changes any more.
  const to = Date.now() - 10 * 60_000;
  const from = to - 20 * 60_000;
  await board.open(demo.url, `?from=${from}&to=${to}`);
  await board.expectState("top-zones", "live");
  const answer = await request.post(`${demo.url}api/query`, {
    data: {
      stream: "zone_minute",
      time: { from, to },
      buckets: [{ id: "zone", type: "terms", field: "zone", size: 6, order: { by: "trips" } }],
      metrics: [{ id: "trips", type: "sum", field: "trips" }],
    },
  });
  expect(answer.status()).toBe(200);
  const rows: [string, number][] = (await answer.json()).rows;
  expect(rows.length).toBeGreaterThan(3);
  const document = await (await request.get(`${demo.url}api/dashboards/taxis-live`)).json();
  const labels: Record<string, string> = document.dashboard.attributes.labels.zone;
  const table = board.panel("top-zones").locator("tbody tr");
  await expect(table).toHaveCount(rows.length);
  for (const [index, [zone, trips]] of rows.entries()) {
    await expect(table.nth(index)).toContainText(labels[zone] ?? zone);
    await expect(table.nth(index)).toContainText(trips.toLocaleString("en-GB"));
  }
});

test("pause holds the pictures, and going on brings them up to date", async ({ page }) => {
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectAll("live");
  await page.getByRole("button", { name: /pause/i }).click();
  await expect(page.getByText(/paused at/i)).toBeVisible();
  const held = await board.sequence("fleet");
  // The server goes on: another viewer sees newer sequences while this one stays.
  const other = new Board(await page.context().newPage());
  await other.open(demo.url);
  await other.expectState("fleet", "live");
  await expect.poll(() => other.sequence("fleet")).toBeGreaterThan(held);
  expect(await board.sequence("fleet")).toBe(held);
  await page.bringToFront();
  await page.getByRole("button", { name: /resume|go live|continue/i }).click();
  await expect.poll(() => board.sequence("fleet")).toBeGreaterThan(held);
});

test("a phone shows one column and nothing sticks out", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectState("map", "live");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  const map = await board.panel("map").boundingBox();
  const metric = await board.panel("trips-5m").boundingBox();
  expect(map!.y).toBeLessThan(metric!.y);
});

test("both themes, every panel painted", async ({ page }, info) => {
  for (const theme of ["light", "dark"]) {
    const board = new Board(page);
    await board.open(demo.url, `?theme=${theme}`);
    await board.expectAll("live");
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await page.screenshot({ path: info.outputPath(`taxis-${theme}.png`) });
  }
  expect(TAXI_PANELS.length).toBe(await page.locator("[data-panel-id]").count());
});
