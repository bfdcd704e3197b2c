// Another city, another fleet, by configuration alone: the buses of Austin, on lines drawn from their own traces.

import { expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;

test.beforeAll(async () => {
  demo = await hailstream("demo", "buses", "--listen", "127.0.0.1:0").until("ready ", 90_000);
});

test.afterAll(async () => {
  await demo?.stop();
});

test("every position of the day is there, counted as the file has it", async ({ request }) => {
  const counted = async (from: string, to: string) => {
    const data = { stream: "positions", time: { from, to }, metrics: [{ id: "n", type: "count" }] };
    const { rows } = await (await request.post(`${demo.said}api/query`, { data })).json();
    return rows[0][0];
  };
  // zcat vehicle_positions.csv.gz | grep -c 2015-09-06T1[234]
  await expect.poll(() => counted("2015-09-06T17:00:00Z", "2015-09-06T19:59:59.999Z"), { timeout: 30_000 }).toBe(13_294);
});

test("buses drive along the lines they have driven, and say which route they serve", async ({ page }) => {
  const said = complaints(page);
  const board = new Board(page);
  await board.open(demo.said, "", "buses");
  await board.expectState("map", "live");
  const map = board.panel("map");
  await expect(map.locator(".note")).toContainText(/[1-9]\d* of \d+ buses in view/);
  await expect(map.locator(".attr")).toContainText("Capital Metro");
  await expect(map.getByRole("button", { name: "Exact, one fix late" })).toBeVisible();
  await map.getByRole("button", { name: "List and search" }).click();
  await map.getByRole("option").first().click();
  await expect(map.locator(".cab")).toContainText("Bus ");
  await expect(map.locator(".cab")).toContainText("Route");
  await board.picture("buses-chosen");
  expect(said).toEqual([]);
});
