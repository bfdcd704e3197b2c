// The query bar: what can be typed is offered, what is wrong is told in its place, what is asked narrows the board.

import { expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  const options = ["--listen", "127.0.0.1:0", "--entities", "200", "--interval", "2s"];
  demo = await hailstream("demo", ...options).until("ready ", 90_000);
});

test.afterAll(async () => {
  await demo?.stop();
});

test("fields, operators and values are offered, and the query narrows the panels that can be", async ({ page }) => {
  const said = complaints(page);
  const board = new Board(page);
  await board.open(demo.said);
  await board.expectAll("live");
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Query in DQL" });
  await expect(bar).toBeFocused();
  const offered = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await page.keyboard.type("sta");
  await expect(offered.filter({ hasText: "status" })).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(bar).toHaveValue("status");
  await page.keyboard.type(": ");
  // Values come from the stream itself.
  await expect(offered.filter({ hasText: "hired" })).toHaveCount(1);
  await page.keyboard.type("hir");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await expect(bar).toHaveValue("status: hired ");
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("status: hired");
  const legend = board.panel("map").locator(".mapleg");
  await expect(legend).toContainText(/Free\s*0/);
  await expect(legend).toContainText(/Hired\s*[1-9]/);
  await expect(board.panel("fares").locator(".unfiltered")).toHaveAttribute("title", /Not filtered by status/);
  await page.goBack();
  await expect(bar).toHaveValue("");
  await expect(legend).toContainText(/Free\s*[1-9]/);
  expect(said).toEqual([]);
});

test("a fault is told in its place and the board stays as it is", async ({ page }) => {
  const board = new Board(page);
  await board.open(demo.said, "?q=status: free");
  await board.expectState("map", "live");
  const bar = page.getByRole("combobox", { name: "Query in DQL" });
  await expect(bar).toHaveValue("status: free");
  await bar.fill("status: (free or");
  await bar.press("Enter");
  const fault = page.getByRole("search").getByRole("alert");
  await expect(fault.locator("mark")).toHaveCount(1);
  await expect(bar).toHaveAttribute("aria-invalid", "true");
  expect(new URL(page.url()).searchParams.get("q")).toBe("status: free");
  await bar.press("End");
  await page.keyboard.type(" hired)");
  await expect(fault).toHaveCount(0);
  await bar.press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("status: (free or hired)");
});
