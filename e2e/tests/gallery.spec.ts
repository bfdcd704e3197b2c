// Every type of panel comes into every state it can be in, says so, and looks right in both themes: HAILSTREAM_PICTURES=folder writes
// gallery/index.html there with pictures of all of them (`make gallery`).

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Page, expect, test } from "@playwright/test";
import { faults } from "../support/axe";
import { Board } from "../support/board";
import { EXAMPLES, galleryBoard, writeGallery } from "../support/gallery";
import { type Program, hailstream } from "../support/process";

const TYPES = Object.keys(EXAMPLES);
const ASKING = TYPES.filter((type) => EXAMPLES[type].query);
const THEMES = ["light", "dark"] as const;
const folder = process.env.HAILSTREAM_PICTURES && join(process.env.HAILSTREAM_PICTURES, "gallery");

let demo: Program;
let url: string;

/** A demo with the boards. */
async function serve(): Promise<Program> {
  const demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "200").until("ready ", 90_000);
  for (const state of ["live", "empty", "error"] as const) {
    const body = JSON.stringify({ id: `gallery-${state}`, attributes: galleryBoard(state) });
    const answer = await fetch(`${demo.said}api/dashboards`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(answer.status, await answer.text()).toBe(201);
  }
  return demo;
}

test.beforeAll(async () => {
  test.setTimeout(120_000);
  demo = await serve();
  url = demo.said;
  if (folder) mkdirSync(folder, { recursive: true });
});

test.afterAll(async () => {
  await demo?.stop();
});

test("no type is left out", () => {
  const registry = join(import.meta.dirname, "../../crates/protocol/src/visualization/mod.rs");
  const [, types] = /pub const TYPES: [^=]+= \[([^\]]+)\]/.exec(readFileSync(registry, "utf8"))!;
  expect([...types.matchAll(/"(\w+)"/g)].map(([, type]) => type).sort()).toEqual([...TYPES].sort());
});

test.use({ viewport: { width: 1440, height: 1560 } });

/** Pictures of all panels as they are. */
async function pictures(page: Page, state: string): Promise<void> {
  if (!folder) return;
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const type of TYPES) {
      await new Board(page).panel(type).screenshot({ path: join(folder, `${type}-${state}-${theme}.png`) });
    }
  }
}

for (const state of ["live", "empty", "error"]) {
  test(`every type: ${state}`, async ({ page }) => {
    test.setTimeout(180_000);
    const board = new Board(page);
    await board.open(url, "", `gallery-${state}`);
    // A goal of no records is at 0 of what it is to reach: a number.
    const says = ASKING.filter((type) => state !== "empty" || type !== "goal");
    await board.expectAll(state, says);
    await board.expectState("markdown", "live");
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      expect(await faults(page), theme).toEqual([]);
    }
    await pictures(page, state);
  });
}

test("every type: loading, and stale when the server is gone", async ({ page }) => {
  test.setTimeout(180_000);
  const dying = await serve();
  const { said: url } = dying;
  const board = new Board(page);
  // A server that takes the connection and says nothing.
  await page.routeWebSocket(/\/ws/, () => {});
  await board.open(url, "", "gallery-live");
  await board.expectAll("loading", ASKING);
  await expect(board.panel("line").locator(".skeleton")).toBeVisible();
  await pictures(page, "loading");

  const other = await page.context().newPage();
  await other.setViewportSize({ width: 1440, height: 1560 });
  const shown = new Board(other);
  await shown.open(url, "", "gallery-live");
  await shown.expectAll("live", ASKING);
  await dying.stop("SIGKILL");
  await shown.expectAll("stale", ASKING);
  await pictures(other, "stale");
  if (folder) writeGallery(folder, TYPES, ["live", "loading", "empty", "stale", "error"], [...THEMES]);
});
