// Every chart type on a live board: drawn, pointed at by mouse and by keys, told in words and as a table, clicked to filter.

import { type APIRequestContext, expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";
import { count, fare, names, ranges, terms, time } from "../support/trips";

let demo: Program;
let url: string;

test.beforeAll(async () => {
  demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "200").until("ready ", 90_000);
  url = demo.said;
});

test.afterAll(async () => {
  await demo?.stop();
});

/** Type, buckets, metrics and parameters of each panel, by its id. */
const PANELS: Record<string, [string, object[], object[], object]> = {
  area: ["area", [time, terms("zone")], [count], {}],
  percent: ["area", [time, terms("payment")], [count], { mode: "percent" }],
  overlapping: ["area", [time, terms("payment")], [count], { mode: "normal", legend: "right" }],
  mixed: [
    "histogram",
    [time],
    [count, fare],
    {
      series_params: [{ metric: "trips" }, { metric: "fare", type: "line", axis: "right" }],
      names,
      value_axis: { title: "Trips" },
      right_axis: { title: "Average fare" },
    },
  ],
  bars: ["histogram", [terms("zone"), terms("payment")], [count], { mode: "percent", show_values: true }],
  horizontal: ["horizontal_bar", [terms("zone", 8)], [count], { names, show_values: true }],
  lying: ["horizontal_bar", [terms("zone", 6), terms("payment")], [count], { mode: "stacked", legend: "bottom" }],
  gauge: ["gauge", [terms("payment", 3)], [fare], { ranges, names, sub_text: "per trip" }],
  circle: ["gauge", [], [fare], { ranges, names, shape: "circle", colors: "sequence" }],
  goal: ["goal", [], [count], { ranges: [{ from: 0, to: 2000 }], names }],
  cloud: ["tagcloud", [terms("zone", 20)], [count], { max_font_size: 48 }],
  turned: ["tagcloud", [terms("zone", 20)], [count], { max_font_size: 40, orientation: "right_angled", label: "zone - Trips" }],
  rings: ["pie", [terms("payment"), terms("zone", 4)], [count], {}],
  labels: ["pie", [terms("zone", 8)], [count], { donut: false, labels: { show: true }, legend: "hidden" }],
  split: ["pie", [terms("payment", 3), terms("zone", 4)], [count], { split: "payment" }],
  splits: ["line", [terms("payment", 2), time, terms("zone", 3)], [count], { split: "payment" }],
  numbers: ["metric", [terms("payment", 3)], [count, fare], { metrics: ["trips", "fare"], names, font_size: 18, ranges, color_mode: "labels" }],
  cells: ["heatmap", [terms("zone", 6), terms("payment")], [count], { colors_number: 4, show_values: true, legend: "right" }],
};

async function boardOf(request: APIRequestContext, id: string): Promise<void> {
  const panels = Object.entries(PANELS).map(([panelIndex, [type, buckets, metrics, params]], place) => ({
    panelIndex,
    gridData: { x: (place % 3) * 16, y: Math.floor(place / 3) * 8, w: 16, h: 8 },
    visualization: { title: panelIndex, type, query: { stream: "trips", buckets, metrics }, params },
  }));
  const attributes = { title: "Charts", timeFrom: "now-1h", timeTo: "now", panels };
  const answer = await request.post(`${url}api/dashboards`, { data: { id, attributes, references: [] } });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
}

test("every type is drawn, told and pointed at", async ({ page, request }) => {
  const said = complaints(page);
  await page.setViewportSize({ width: 1440, height: 1560 });
  await boardOf(request, "charts");
  const board = new Board(page);
  await board.open(url, "", "charts");
  const drawn = Object.keys(PANELS).filter((id) => id !== "numbers");
  await board.expectAll("live", Object.keys(PANELS));
  for (const id of drawn) {
    await expect.poll(() => board.colours(id), { message: `${id} is drawn` }).toBeGreaterThan(4);
  }
  await board.picture("charts");

  for (const id of drawn) {
    const canvas = board.panel(id).locator("canvas").first();
    await canvas.focus();
    await page.keyboard.press("End");
    await expect(board.panel(id).getByRole("tooltip"), `${id} is pointed at by keys`).toBeVisible();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Escape");
    await expect(board.panel(id).getByRole("tooltip")).toHaveCount(0);
    await expect(board.panel(id).locator("p.sr").first(), `${id} has a summary`).toContainText(id);
  }
  expect(said).toEqual([]);
});

test("a word and a bar filter the board", async ({ page, request }) => {
  await boardOf(request, "charts-clicked");
  const board = new Board(page);
  for (const id of ["cloud", "horizontal", "gauge", "rings"]) {
    await board.open(url, "", "charts-clicked");
    await board.expectState(id, "live");
    // What is not on the screen is not drawn; the focus brings it there, and one points at what one sees.
    await board.panel(id).locator("canvas").first().focus();
    await expect.poll(() => board.colours(id), { message: `${id} is drawn` }).toBeGreaterThan(4);
    await page.keyboard.press("End");
    await expect(board.panel(id).getByRole("tooltip")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url(), { message: `${id} filters` }).toContain("filter=");
  }
});

test("charts are tables, too", async ({ page, request }) => {
  await boardOf(request, "charts-told");
  const board = new Board(page);
  await board.open(url, "", "charts-told");
  for (const id of ["area", "horizontal", "goal", "cloud", "rings"]) {
    await board.expectState(id, "live");
    await board.panel(id).locator("canvas").first().focus();
    await page.keyboard.press("t");
    await expect.poll(() => board.panel(id).getByRole("row").count(), { message: id }).toBeGreaterThan(1);
  }
});
