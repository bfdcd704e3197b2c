// A bucket of the past that is corrected late lights up for a moment, so that the past does not change unseen.

import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { Pulses } from "../support/pulses";

const MINUTE_MS = 60_000;

let pulses: Pulses;

test.beforeAll(async () => {
  pulses = await Pulses.start();
});

test.afterAll(async () => {
  await pulses?.stop();
});

test("a record that comes ten minutes late lights up its bucket, and only that", async ({ page }) => {
  const now = Date.now();
  const at = (minutes: number) => JSON.stringify({ ts: now - minutes * MINUTE_MS });
  pulses.write("past", Array.from({ length: 31 }, (_, minute) => at(30 - minute)));
  const board = new Board(page);
  await board.open(pulses.url, "", "pulses");
  await board.expectState("past", "live");
  const canvas = board.panel("past").locator("canvas").first();
  /** First and last column of pixels that have the light's colour, as parts of the width; none where nothing is lit. */
  const lit = () =>
    canvas.evaluate((canvas: HTMLCanvasElement) => {
      const { data, width } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const columns = [];
      for (let pixel = 0; pixel < data.length / 4; pixel++) {
        const [red, green, blue] = data.slice(pixel * 4, pixel * 4 + 3);
        if (blue - Math.max(red, green) > 90) columns.push((pixel % width) / width);
      }
      return columns.length > 0 ? [Math.min(...columns), Math.max(...columns)] : null;
    });
  await expect.poll(() => board.colours("past")).toBeGreaterThan(2);
  // What is new lights up nothing.
  const before = await board.sequence("past");
  pulses.write("past", [at(0)]);
  await expect.poll(() => board.sequence("past")).toBeGreaterThan(before);
  expect(await lit()).toBeNull();
  pulses.write("past", [at(10)]);
  await expect.poll(lit, { timeout: 3_000, intervals: [50] }).not.toBeNull();
  const [from, to] = (await lit()) ?? [0, 0];
  await board.picture("correction");
  expect(to - from, "one bucket of sixty").toBeLessThan(0.05);
  await expect.poll(lit, { timeout: 5_000 }).toBeNull();
});
