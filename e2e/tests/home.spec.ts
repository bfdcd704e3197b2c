// The first page, as a newcomer and as a company with boards elsewhere use it: find, pin, make, suggest, bring along, delete, undo.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;
let url: string;
let folder: string;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  folder = mkdtempSync(join(tmpdir(), "hailstream-home-"));
  mkdirSync(join(folder, "data"));
  const options = ["--listen", "127.0.0.1:0", "--entities", "200", "--data-dir", join(folder, "data")];
  demo = await hailstream("demo", ...options).until("ready ", 90_000);
  url = demo.said;
});

test.afterAll(async () => {
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const boards = (page: Page) => page.locator("table.boards tbody tr");
const named = (page: Page, title: string) => boards(page).filter({ has: page.getByRole("link", { name: title, exact: true }) });

/** The distinct colours of a canvas: a blank one has one. */
const colours = (canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set<number>();
  for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  return seen.size;
};

test("a board is found, pinned in a picture of live data, and opened", async ({ page }) => {
  const said = complaints(page);
  await page.goto(url);
  await expect(boards(page)).toHaveCount(4);
  await page.keyboard.press("/");
  await page.keyboard.type("business");
  await expect(boards(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Star Business" }).last().click();
  await expect(page.getByRole("heading", { name: "Pinned" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.reload();
  const card = page.locator(".bcard");
  await expect(card).toHaveCount(1);
  await expect(card).toContainText("Business");
  await expect.poll(() => card.locator("canvas").first().evaluate(colours)).toBeGreaterThan(1);
  await card.getByRole("link", { name: "Business" }).click();
  await expect(page).toHaveURL(/\/d\/business/);
  await page.goBack();
  await expect(page.getByRole("navigation", { name: "Opened lately" }).getByRole("link", { name: "Business" })).toBeVisible();
  expect(said).toEqual([]);
});

test("a new board is made, deleted after a question, and brought back", async ({ page }) => {
  await page.goto(url);
  await page.getByRole("button", { name: "New dashboard" }).click();
  await expect(page).toHaveURL(/\/d\/[0-9a-f]+\?edit=1/);
  await page.goto(url);
  const row = named(page, "New dashboard");
  await expect(row).toHaveCount(1);
  // Boards of files stay as they are.
  await expect(named(page, "Taxis live").getByRole("button", { name: /^Delete/ })).toHaveCount(0);
  await row.hover();
  await row.getByRole("button", { name: "Delete New dashboard" }).click();
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Keep it" }).click();
  await expect(question).toHaveCount(0);
  await row.getByRole("button", { name: "Delete New dashboard" }).click();
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toHaveCount(1);
});

test("from a stream to a live board in three clicks", async ({ page }) => {
  const said = complaints(page);
  await page.goto(url);
  await page.getByRole("link", { name: "From a stream" }).click();
  await page.getByRole("button", { name: /^trips/ }).click();
  await expect(page.getByRole("region", { name: "What we understood", exact: true })).toContainText("Time");
  await page.getByRole("button", { name: "Looks right, show the board" }).click();
  const picture = page.locator(".step .mini");
  await expect.poll(() => picture.locator("canvas").first().evaluate(colours)).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page).toHaveURL(/\/d\/[0-9a-f]+/);
  const board = new Board(page);
  await board.expectAll("live", ["records", "distinct", "mean", "over-time", "spread", "top", "newest"]);
  expect(said).toEqual([]);
});

test("a stream of things that move is suggested a map", async ({ page }) => {
  await page.goto(`${url}?suggest=1`);
  await page.getByRole("button", { name: /^telemetry/ }).click();
  await page.getByLabel("Split by").selectOption("zone");
  await page.getByRole("button", { name: "Looks right, show the board" }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  const board = new Board(page);
  await board.expectAll("live", ["records", "entities", "mean", "map", "over-time", "spread", "top", "newest"]);
  await expect(board.panel("over-time")).toContainText("by zone");
});

/** An export of two visualizations on a board; one of them cannot be drawn. */
function exported(): string {
  const state = JSON.stringify({
    title: "By zone", type: "pie", params: { type: "pie", isDonut: true },
    aggs: [
      { id: "1", enabled: true, type: "count", schema: "metric", params: {} },
      { id: "2", enabled: true, type: "terms", schema: "segment", params: { field: "zone", size: 5, order: "desc", orderBy: "1" } },
    ],
  });
  const source = JSON.stringify({ query: { query: "", language: "kuery" }, filter: [], indexRefName: "i" });
  const index = [{ name: "i", type: "index-pattern", id: "p" }];
  const vis = (id: string, title: string, visState: string, references: object[]) =>
    ({ type: "visualization", id, attributes: { title, visState, kibanaSavedObjectMeta: { searchSourceJSON: source } }, references });
  const panel = (name: string, x: number) => ({ panelIndex: name, gridData: { x, y: 0, w: 24, h: 15 }, panelRefName: name, embeddableConfig: {} });
  const objects = [
    { type: "index-pattern", id: "p", attributes: { title: "trips*", timeFieldName: "ts" }, references: [] },
    vis("zones", "By <b>zone</b>", state, index),
    vis("arcs", "Arcs", JSON.stringify({ title: "Arcs", type: "vega", params: { spec: "{}" }, aggs: [] }), []),
    {
      type: "dashboard", id: "brought", attributes: { title: "Brought along", panelsJSON: JSON.stringify([panel("p1", 0), panel("p2", 24)]) },
      references: [{ name: "p1", type: "visualization", id: "zones" }, { name: "p2", type: "visualization", id: "arcs" }],
    },
  ];
  return objects.map((object) => JSON.stringify(object)).join("\n");
}

test("boards are brought along from OpenSearch Dashboards, with an honest report", async ({ page }) => {
  await page.goto(url);
  const file = { name: "export.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(exported()) };
  const begin = async () => {
    await page.getByRole("button", { name: "Import from OpenSearch" }).click();
    await page.getByLabel("Exported file").setInputFiles(file);
  };
  await page.getByRole("button", { name: "Import from OpenSearch" }).click();
  const dialog = page.getByRole("dialog");
  await page.getByLabel("Exported file").setInputFiles({ ...file, buffer: Buffer.from("garbage") });
  await expect(dialog.getByRole("alert")).toContainText("line 1 is not JSON");
  await page.keyboard.press("Escape");
  await begin();
  const report = dialog.getByRole("region", { name: "Report" });
  const row = (title: string) => report.getByRole("row").filter({ hasText: title });
  await expect(row("Arcs")).toContainText("kept");
  await expect(row("Arcs")).toContainText("not drawn yet");
  await expect(row("By <b>zone</b>"), "titles are words").toContainText("pie");
  await page.keyboard.press("Escape");
  await expect(named(page, "Brought along")).toHaveCount(1);
  await begin();
  await expect(dialog.getByRole("alert")).toContainText("there is already");
  await dialog.getByRole("button", { name: "Replace what is there" }).click();
  await report.getByRole("link", { name: "Brought along" }).click();
  await expect(page).toHaveURL(/\/d\/brought/);
  await new Board(page).expectState("p1", "live");
});

for (const [screen, size] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
  for (const theme of ["light", "dark"]) {
    test(`axe finds nothing serious: ${screen}, ${theme}`, async ({ page }) => {
      const faults = async () => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the screen").toBe(true);
        return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      };
      await page.setViewportSize(size);
      await page.goto(`${url}?theme=${theme}`);
      await expect(page.locator(".bcard canvas").first()).toBeVisible();
      const found: Record<string, string[]> = { home: await faults() };
      await page.getByRole("button", { name: "Import from OpenSearch" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      found.import = await faults();
      await page.goto(`${url}?theme=${theme}&suggest=1`);
      await page.getByRole("button", { name: /^telemetry/ }).click();
      await page.getByRole("button", { name: "Looks right, show the board" }).click();
      await expect(page.getByRole("button", { name: "Keep it" })).toBeVisible();
      found.suggest = await faults();
      expect(found).toEqual({ home: [], import: [], suggest: [] });
    });
  }
}
