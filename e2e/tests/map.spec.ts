// What a dispatcher does on the map: choose a cab, read its card, follow it, filter by the legend, find it in the list, by mouse
// and by keyboard; on a real Apache Kafka.

import { type Locator, type Page, expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { taxiDemo } from "../support/demo";

const demo = taxiDemo(200, "2s");

async function openMap(page: Page): Promise<Locator> {
  const board = new Board(page);
  await board.open(demo.url);
  await board.expectState("map", "live");
  const map = board.panel("map");
  await expect(map.locator(".note")).toContainText("cabs in view");
  return map;
}

const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

/** Whether something is drawn above the vehicles in a part of the map, given as shares of its width and height. */
const isInked = (map: Locator, [left, top, right, bottom] = [0, 0, 1, 1]) =>
  map.locator("canvas.above").evaluate(
    (canvas: HTMLCanvasElement, [left, top, right, bottom]) => {
      const [x, y] = [Math.round(left * canvas.width), Math.round(top * canvas.height)];
      const [width, height] = [Math.max((right - left) * canvas.width, 1), Math.max((bottom - top) * canvas.height, 1)];
      return canvas.getContext("2d")!.getImageData(x, y, width, height).data.some((byte) => byte > 0);
    },
    [left, top, right, bottom],
  );

/** Pixels across and down that what is drawn above the vehicles takes. */
const inkSpan = (map: Locator) =>
  map.locator("canvas.above").evaluate((canvas: HTMLCanvasElement) => {
    const { data, width } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const [columns, rows] = [new Set<number>(), new Set<number>()];
    for (let pixel = 0; pixel < data.length / 4; pixel += 1) {
      if (!data[4 * pixel + 3]) continue;
      columns.add(pixel % width);
      rows.add(Math.floor(pixel / width));
    }
    return columns.size + rows.size;
  });

async function choose(map: Locator): Promise<Locator> {
  await map.getByRole("button", { name: "List and search" }).click();
  await map.getByRole("option").first().click();
  const card = map.locator(".cab");
  await expect(card).toBeVisible();
  return card;
}

test("the card of a cab chosen in the list stays, and its records are those of the stream", async ({ page, request }) => {
  const said = complaints(page);
  const map = await openMap(page);
  const card = await choose(map);
  const name = (await map.locator("[role=option][aria-selected=true] b").textContent())!;
  await expect(card).toContainText(`Cab ${name}`);
  await expect(card).toContainText("Status");
  const records = card.getByRole("button", { name: "Records" });
  await records.click();
  await expect(card.locator("tbody tr")).toHaveCount(5);
  // Focus and the open list survive the updates that go on.
  const before = await card.locator("tbody tr").first().textContent();
  await expect(card.locator("tbody tr").first()).not.toHaveText(before!);
  await expect(records).toBeFocused();
  const [time, topic, partition, offset] = await card.locator("tbody tr").first().locator("td").allTextContents();
  expect(topic).toBe("taxi.telemetry");
  const answer = await request.post(`${demo.url}api/query`, {
    data: {
      stream: "telemetry",
      filters: [{ term: { field: "cab_id", value: name } }],
      time: { from: "now-5m", to: "now" },
      hits: { size: 300, fields: ["status"] },
    },
  });
  const { rows }: { rows: [string, number, number, number][] } = await answer.json();
  const same = rows.find((row) => row[1] === Number(partition) && row[2] === Number(offset));
  expect(new Date(same![3]).toISOString()).toContain(time);
  expect(said).toEqual([]);
});

test("a trail is drawn for the chosen cab and goes when the card is closed", async ({ page, request }) => {
  const map = await openMap(page);
  expect(await isInked(map)).toBe(false);
  // One that drives: by night they are few, and not the first in the list.
  const hired = { stream: "telemetry", filters: [{ term: { field: "status", value: "hired" } }], entities: { size: 1 } };
  let name = "";
  const find = async () => {
    const { rows } = await (await request.post(`${demo.url}api/query`, { data: hired })).json();
    name = rows[0]?.[0] ?? "";
    return name;
  };
  await expect.poll(find, "somebody is hired").not.toBe("");
  await map.getByRole("button", { name: "List and search" }).click();
  await map.getByRole("searchbox").fill(name);
  await expect(map.getByRole("option")).toHaveText([new RegExp(name)]);
  await map.getByRole("option").click();
  await expect.poll(() => isInked(map), "the ring of the chosen one").toBe(true);
  // Whoever drove slowly has a short one: seen from nearer it is long, and the ring as it was. Nearer still there would be names.
  await map.locator(".mapview").focus();
  await page.keyboard.press("f");
  for (let press = 0; press < 3; press++) await page.keyboard.press("+");
  await expect.poll(() => inkSpan(map), "its trail, far beyond the ring").toBeGreaterThan(90);
  await map.locator(".mapview").focus();
  await page.keyboard.press("Escape");
  await expect(map.locator(".cab")).toHaveCount(0);
  await expect.poll(() => isInked(map)).toBe(false);
});

test("follow moves the map with the cab until somebody drags it", async ({ page }) => {
  const map = await openMap(page);
  const card = await choose(map);
  const follow = card.getByRole("button", { name: "Follow" });
  const middle = [0.49, 0.49, 0.51, 0.51];
  const wasThere = await isInked(map, middle);
  await follow.click();
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => isInked(map, middle), wasThere ? "it stays" : "it comes to the middle").toBe(true);
  const box = (await map.locator(".mapview").boundingBox())!;
  await page.mouse.move(box.x + 60, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 220, { steps: 4 });
  await page.mouse.up();
  await expect(follow).toHaveAttribute("aria-pressed", "false");
});

test("the legend adds up, isolates by a click and adds with Ctrl", async ({ page }) => {
  const map = await openMap(page);
  const entries = map.locator(".mapleg button");
  const note = map.locator(".note");
  const counts = async () => numbers((await entries.allTextContents()).join(" "));
  const sum = async () => (await counts()).reduce((a, b) => a + b, 0);
  await expect.poll(async () => (await sum()) - numbers(await note.innerText())[1]).toBe(0);
  await expect(entries.last()).toContainText("Silent");
  await entries.nth(0).click();
  await expect(entries.nth(0)).toHaveAttribute("aria-pressed", "true");
  await expect(entries.nth(1)).toHaveClass(/off/);
  await expect.poll(async () => (await counts())[0] - numbers(await note.innerText())[1]).toBe(0);
  await expect(note).toContainText("hidden");
  await entries.nth(1).click({ modifiers: ["Control"] });
  await expect.poll(async () => {
    const [first, second] = await counts();
    return first + second - numbers(await note.innerText())[1];
  }).toBe(0);
  await entries.nth(0).click();
  await entries.nth(0).click();
  await expect(note).not.toContainText("hidden");
});

test("a cab is found by its name and everything works by keyboard", async ({ page }) => {
  const map = await openMap(page);
  await map.getByRole("button", { name: "List and search" }).focus();
  await page.keyboard.press("Enter");
  const search = map.getByRole("searchbox", { name: "Find a cab" });
  await search.focus();
  await page.keyboard.type("0042");
  await expect(map.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(map.locator(".cab")).toContainText("0042");
  await search.fill("");
  await expect.poll(() => map.getByRole("option").count()).toBeGreaterThan(2);
  await map.getByRole("listbox").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const active = await map.getByRole("listbox").getAttribute("aria-activedescendant");
  await page.keyboard.press("Enter");
  await expect(map.locator(".cab b").first()).toHaveText(`Cab ${active!.replace("map-row-", "")}`);
  await page.keyboard.press("f");
  await expect(map.getByRole("button", { name: "Follow" })).toHaveAttribute("aria-pressed", "true");
  // What closes gives the focus back to the map.
  await page.keyboard.press("Escape");
  await expect(map.getByRole("listbox")).toHaveCount(0);
  await expect(map.locator(".mapview")).toBeFocused();
  await map.locator(".cab .close").focus();
  await page.keyboard.press("Enter");
  await expect(map.locator(".cab")).toHaveCount(0);
  await expect(map.locator(".mapview")).toBeFocused();
  const inView = async () => numbers(await map.locator(".note").innerText())[0];
  const before = await inView();
  await page.keyboard.press("0");
  for (let press = 0; press < 6; press++) await page.keyboard.press("+");
  await expect.poll(inView).toBeLessThan(before);
  await page.keyboard.press("0");
  await page.keyboard.press("ArrowLeft");
  await expect(map.locator("p.sr").last()).toContainText("cabs: ");
});

test("an area is drawn, counted, filters the board, and goes with Escape", async ({ page, request }) => {
  const said = complaints(page);
  const map = await openMap(page);
  const view = (await map.locator(".mapview").boundingBox())!;
  const drag = async (...places: [number, number][]) => {
    const [first, ...rest] = places.map(([x, y]) => [view.x + view.width * x, view.y + view.height * y] as const);
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const place of rest) await page.mouse.move(...place, { steps: 6 });
    await page.mouse.up();
  };
  const inside = map.locator(".inarea");
  await map.getByRole("button", { name: "Areas" }).click();
  for (const [article, shape] of [["a", "circle"], ["an", "outline"], ["a", "box"]]) {
    const tool = map.getByRole("button", { name: `Draw ${article} ${shape}` });
    await tool.click();
    await expect(tool).toHaveAttribute("aria-pressed", "true");
    if (shape === "outline") await drag([0.3, 0.3], [0.7, 0.35], [0.6, 0.8], [0.3, 0.6]);
    else await drag([0.35, 0.4], [0.65, 0.8]);
    await expect(inside).toContainText(new RegExp(`[1-9]\\d* cabs in the ${shape}`));
    await expect(tool).toHaveAttribute("aria-pressed", "false");
    await new Board(page).picture(`map-area-${shape}`);
  }
  const [total, ...classes] = numbers(await inside.locator("span").first().innerText());
  expect(classes.reduce((sum, count) => sum + count, 0)).toBe(total);
  await inside.getByRole("button", { name: "Filter the board" }).click();
  await expect(inside).toBeHidden();
  const pill = page.locator(".pill", { hasText: "in the box on the map" });
  await expect(pill).toBeVisible();
  const saved = new URL(page.url()).searchParams.getAll("filter").find((word) => word.includes("geo_box"))!;
  const { label: _label, ...filter } = JSON.parse(saved);
  await expect(async () => {
    const data = { stream: "telemetry", over: "entities", filters: [filter], metrics: [{ id: "n", type: "count" }] };
    const { rows } = await (await request.post(`${demo.url}api/query`, { data })).json();
    const [, shown] = numbers(await map.locator(".note").innerText());
    expect(rows[0][0]).toBeGreaterThan(0);
    expect(shown).toBe(rows[0][0]);
  }).toPass({ timeout: 30_000 });
  // With Shift held no tool is needed.
  await page.keyboard.down("Shift");
  await drag([0.2, 0.2], [0.9, 0.9]);
  await page.keyboard.up("Shift");
  await expect(inside).toContainText("cabs in the box");
  await map.locator(".mapview").focus();
  await page.keyboard.press("Escape");
  await expect(inside).toBeHidden();
  expect(said).toEqual([]);
});

test("nothing is guessed where a person asks for that, and it stays so", async ({ page }) => {
  const map = await openMap(page);
  const exact = map.getByRole("button", { name: "Exact, one fix late" });
  await expect(exact).toHaveAttribute("aria-pressed", "false");
  await exact.click();
  await expect(exact).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(exact).toHaveAttribute("aria-pressed", "true");
  await exact.click();
  await expect(exact).toHaveAttribute("aria-pressed", "false");
});

/** The vehicles' image, as one number: another picture gives another one. */
const picture = (map: Locator) =>
  map.locator("canvas.ground").evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((hash, byte) => (hash * 31 + byte) | 0, 7);
  });

test("pointing at a minute of a chart shows where they were then, and leaving it shows now", async ({ page, request }) => {
  const map = await openMap(page);
  const chart = (await page.locator('[data-panel-id="trips-by-zone"] canvas').first().boundingBox())!;
  await page.mouse.move(chart.x + chart.width * 0.4, chart.y + chart.height * 0.6);
  const pointed = map.locator(".pointed");
  await expect(pointed).toContainText("where they were");
  // As many as the server has heard of in the two minutes before that moment.
  const at = new Date();
  const [hours, minutes, seconds] = numbers((await pointed.innerText()).replaceAll(":", " "));
  at.setUTCHours(hours, minutes, seconds, 0);
  if (at.getTime() > Date.now()) at.setUTCDate(at.getUTCDate() - 1); // it was before midnight
  const answer = await request.post(`${demo.url}api/query`, {
    data: {
      stream: "telemetry",
      time: { from: at.getTime() - 120_000, to: at.getTime() },
      metrics: [{ id: "cabs", type: "cardinality", field: "cab_id" }],
    },
  });
  const { rows }: { rows: [number][] } = await answer.json();
  await expect.poll(async () => numbers(await map.locator(".note").innerText())[1]).toBe(rows[0][0]);
  // Nothing moves in the past.
  const before = await picture(map);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  expect(await picture(map)).toBe(before);
  await page.mouse.move(2, 2);
  await expect(pointed).toHaveCount(0);
  await expect.poll(() => picture(map), "they drive again").not.toBe(before);
  // The same minute a second time.
  await page.mouse.move(chart.x + chart.width * 0.4, chart.y + chart.height * 0.6);
  await expect(pointed).toContainText("where they were");
});

test("playback goes from a moment on at its speed, and back to now", async ({ page }) => {
  const map = await openMap(page);
  await map.getByRole("button", { name: "Playback" }).click();
  const bar = map.getByRole("group", { name: "Playback" });
  const slider = bar.getByRole("slider", { name: "Moment" });
  const moment = async () => Number(await slider.inputValue());
  const start = await moment();
  expect(Date.now() - start).toBeGreaterThan(10 * 60_000);
  await bar.getByRole("button", { name: "60×" }).click();
  const began = Date.now();
  await bar.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(moment, "a minute in a second").toBeGreaterThan(start + 60_000);
  await bar.getByRole("button", { name: "Pause" }).click();
  expect((await moment()) - start).toBeLessThan((Date.now() - began) * 70);
  const picked = await picture(map);
  await slider.focus();
  await page.keyboard.press("Home");
  await expect.poll(() => picture(map), "another moment, others are there").not.toBe(picked);
  const first = await moment();
  await page.keyboard.press("ArrowRight");
  expect(await moment(), "keys move the slider, not the map").toBeGreaterThan(first);
  await bar.getByRole("button", { name: "Now" }).click();
  await expect(bar).toHaveCount(0);
  await expect(map.locator(".mapview")).toBeFocused();
  await expect(map.locator(".note")).toContainText("cabs in view");
});

test("the heat map shows where most are, and no single ones to click", async ({ page }) => {
  const map = await openMap(page);
  const before = await picture(map);
  const heat = map.getByRole("button", { name: "Heat map" });
  await heat.click();
  await expect(heat).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => picture(map)).not.toBe(before);
  const box = (await map.locator(".mapview").boundingBox())!;
  for (const share of [0.4, 0.5, 0.6]) await page.mouse.click(box.x + box.width * share, box.y + box.height * share);
  await expect(map.locator(".cab")).toHaveCount(0);
  await new Board(page).picture("map-heat");
  await heat.click();
  await expect(heat).toHaveAttribute("aria-pressed", "false");
});
