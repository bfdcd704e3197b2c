// A person builds a board from nothing, moves and resizes, takes steps back, saves, and another one sees it live; two who edit at
// once lose nothing; a draft outlives its tab.

import { type Browser, type Page, expect, test } from "@playwright/test";
import { faults } from "../support/axe";
import { Board } from "../support/board";
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

/** A saved board without panels. */
async function emptyBoard(title: string): Promise<string> {
  const body = JSON.stringify({ attributes: { title, panels: [] } });
  const answer = await fetch(`${url}api/dashboards`, { method: "POST", body, headers: { "content-type": "application/json" } });
  expect(answer.status).toBe(201);
  return (await answer.json()).dashboard.id;
}

async function saved(id: string): Promise<any> {
  return (await (await fetch(`${url}api/dashboards/${id}`)).json()).dashboard;
}

/** Adds a panel of a type; its editor opens. */
async function add(page: Page, type: string): Promise<void> {
  await page.getByRole("button", { name: "Add panel" }).first().click();
  await page.getByRole("menuitem", { name: type, exact: true }).click();
  await expect(page.getByRole("radiogroup", { name: "Type" })).toBeVisible();
}

async function done(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.locator(".editor")).toHaveCount(0);
}

const status = (page: Page) => page.locator(".drafted");

async function another(browser: Browser, id: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(`${url}d/${id}`);
  return page;
}

test("a newcomer builds a board, uses it, shares it and takes it back, and somebody else sees it live", async ({ page, browser }) => {
  const id = await emptyBoard("From nothing");
  const watcher = await another(browser, id);
  await expect(watcher.getByRole("heading", { name: "No panels yet" })).toBeVisible();
  await page.goto(`${url}d/${id}?edit=1`);
  const board = new Board(page);

  await add(page, "Bars");
  await page.getByLabel("Stream", { exact: true }).selectOption("trips");
  await page.getByRole("button", { name: "Split bars by" }).click();
  await page.getByRole("group", { name: "Split bars by" }).getByLabel("Field").selectOption("zone");
  await page.getByLabel("Title", { exact: true }).fill("Trips by zone");
  await page.getByLabel("Title", { exact: true }).press("Enter");
  const preview = page.locator(".preview [data-panel-id='1']");
  await expect(preview).toHaveAttribute("data-state", "live");
  await expect(preview.getByRole("heading", { name: "Trips by zone" })).toBeVisible();
  // By night there may be too few zones for "Other".
  await expect(preview.locator(".legend .entry").first()).toBeVisible();
  await board.picture("editor");
  // Another type asks the same.
  await page.getByRole("radio", { name: "Lines", exact: true }).click();
  await expect(page.getByRole("group", { name: "A line for each" }).getByLabel("Field")).toHaveValue("zone");
  await expect(preview).toHaveAttribute("data-state", "live");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("radio", { name: "Bars", exact: true })).toBeChecked();
  await done(page);

  await add(page, "Metric");
  // What is wrong is told where it is wrong, and the picture stays.
  const filter = page.getByLabel("Only records that match (DQL)");
  await filter.fill("status: (hired or");
  await filter.press("Enter");
  await expect(page.getByRole("alert")).toBeVisible();
  await filter.fill("");
  await filter.press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await done(page);
  await add(page, "Text");
  await page.getByLabel("Markdown", { exact: true }).fill("# Read **me**\n\n<script>document.title = 'owned'</script>");
  await page.getByLabel("Title", { exact: true }).click();
  await expect(page.locator(".preview strong")).toHaveText("me");
  await done(page);
  await board.expectAll("live", ["1", "2"]);
  await board.picture("edit-mode");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();

  // The other one sees it without doing anything.
  await expect(watcher.locator("[data-panel-id]")).toHaveCount(3);
  await new Board(watcher).expectAll("live", ["1", "2"]);
  await expect(watcher.locator("[data-panel-id='3'] strong")).toHaveText("me");
  await expect(watcher).toHaveTitle("From nothing · Hailstream");
  expect((await saved(id)).version).toBe("2");

  // It is used: a bar filters, a drag zooms, and a link shows somebody else just that.
  const word = (name: string) => new URL(page.url()).searchParams.get(name);
  const bars = board.panel("1").locator("canvas").first();
  await expect.poll(() => board.colours("1")).toBeGreaterThan(4);
  await bars.focus();
  await page.keyboard.press("End");
  // The newest bucket may have nothing but what is in no zone of its own, and by that nobody can filter.
  await expect(async () => {
    await page.keyboard.press("ArrowLeft");
    await expect(board.panel("1").getByRole("tooltip")).toContainText("Click: filter", { timeout: 500 });
    await page.keyboard.press("Enter");
    await expect.poll(() => word("filter"), { timeout: 1_000 }).toMatch(/^zone:/);
  }).toPass();
  // The pill may have made the row of filters higher.
  await expect(page.locator(".pill").filter({ hasText: word("filter")!.slice("zone:".length) })).toBeVisible();
  const { x, y, width, height } = (await bars.boundingBox())!;
  await page.mouse.move(x + width * 0.4, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.8, y + height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => word("from")).toMatch(/^20\d\d-/);
  await watcher.goto(page.url());
  await expect(watcher.locator(".pill").filter({ hasText: word("filter")!.slice("zone:".length) })).toBeVisible();
  const range = (of: Page) => of.getByRole("button", { name: /^Time range/ });
  await expect(range(watcher)).toHaveText(await range(page).innerText());

  // It leads to the records behind it, and back.
  await board.panel("1").getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Open in Discover" }).click();
  await expect(page).toHaveURL(/\/discover\?stream=trips&from=20/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "From nothing" })).toBeVisible();

  // And what it was before can be had back, which the other one sees, too.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Settings of the dashboard" }).click();
  const settings = page.getByRole("dialog", { name: "Settings of the dashboard" });
  await settings.getByText("Versions").click();
  await settings.getByRole("button", { name: "Restore" }).first().click();
  await expect(watcher.getByRole("heading", { name: "No panels yet" })).toBeVisible();
  expect((await saved(id)).version).toBe("3");
  await watcher.context().close();
});

test("a board is used: a click asks where to go, and range, query and filters go along", async ({ page }) => {
  const id = await emptyBoard("Used");
  await page.goto(`${url}d/${id}?edit=1`);
  const board = new Board(page);
  await add(page, "Lying bars");
  await page.getByLabel("Stream", { exact: true }).selectOption("trips");
  await page.getByRole("group", { name: "A bar for each" }).getByLabel("By", { exact: true }).selectOption("terms");
  await page.getByRole("group", { name: "A bar for each" }).getByLabel("Field").selectOption("zone");
  const way = page.getByRole("group", { name: "Way to go on" });
  await page.getByRole("button", { name: "Way to go on", exact: true }).click();
  await page.getByRole("button", { name: "Way to go on", exact: true }).click();
  await way.nth(1).getByLabel("Goes to").selectOption("Taxis live");
  await expect(way.nth(1).getByLabel("Words")).toHaveValue("Taxis live");
  await way.nth(1).getByLabel("Words").fill("Its cabs");
  await way.nth(1).getByLabel("Words").press("Enter");
  await board.picture("editor-drilldowns");
  await done(page);
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  expect((await saved(id)).attributes.panels[0].visualization.drilldowns).toEqual([
    { title: "The records in Discover", discover: true },
    { title: "Its cabs", dashboard: "taxis-live" },
  ]);

  const point = async () => {
    await board.expectState("1", "live");
    await expect.poll(() => board.colours("1")).toBeGreaterThan(2);
    await board.panel("1").locator("canvas").first().focus();
    await page.keyboard.press("Home");
    await expect(board.panel("1").getByRole("tooltip")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: /^Filter by/ })).toBeFocused();
  };
  const filter = () => new URL(page.url()).searchParams.get("filter");
  await page.goto(`${url}d/${id}?from=now-30m&q=fare > 1`);
  await point();
  await board.picture("drilldown-menu");
  await page.keyboard.press("Escape");
  await expect(board.panel("1").locator("canvas").first()).toBeFocused();
  await point();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/discover\?/);
  const words = new URL(page.url()).searchParams;
  expect([words.get("stream"), words.get("from"), words.get("q")]).toEqual(["trips", "now-30m", "fare > 1"]);
  expect(filter()).toMatch(/^zone:/);
  await page.goBack();
  await point();
  await page.getByRole("menuitem", { name: "Its cabs" }).click();
  await expect(page).toHaveURL(/\/d\/taxis-live\?from=now-30m/);
  expect(filter()).toMatch(/^zone:/);
  await page.goBack();
  await point();
  await page.keyboard.press("Enter");
  await expect.poll(filter).toMatch(/^zone:/);
  await board.panel("1").getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Open in Discover" }).click();
  await expect(page).toHaveURL(/\/discover\?stream=trips/);
});

test("a panel whose stream is gone offers others", async ({ page }) => {
  const panel = (panelIndex: string, x: number) => ({
    panelIndex,
    gridData: { x, y: 0, w: 16, h: 8 },
    visualization: { title: "Gone", type: "metric", query: { stream: "tripz", metrics: [{ id: "m", type: "count" }] } },
  });
  const body = JSON.stringify({ attributes: { title: "Renamed", panels: [panel("1", 0), panel("2", 16)] } });
  const answer = await fetch(`${url}api/dashboards`, { method: "POST", body, headers: { "content-type": "application/json" } });
  const { id } = (await answer.json()).dashboard;
  await page.goto(`${url}d/${id}`);
  const board = new Board(page);
  await board.expectAll("error", ["1", "2"]);
  await expect(board.panel("1")).toContainText("Its stream is not there");
  await board.picture("stream-gone");
  await board.panel("1").getByLabel("Ask another stream instead").selectOption("trips");
  await board.expectAll("live", ["1", "2"]);
  await expect(status(page)).toHaveText("1 change, draft kept");
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  expect((await saved(id)).attributes.panels[1].visualization.query.stream).toBe("trips");
});

test("panels are moved and resized by hand and by keyboard, and every step can be taken back", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectAll("live");
  await page.keyboard.press("e");
  const trips = board.panel("trips-by-zone");
  const before = (await trips.boundingBox())!;
  const sequence = await board.sequence("trips-by-zone");
  // Down, past the one below it.
  await page.mouse.move(before.x + 200, before.y + 12);
  await page.mouse.down();
  await page.mouse.move(before.x + 200, before.y + 120, { steps: 4 });
  await page.mouse.move(before.x + 200, before.y + 290, { steps: 4 });
  await expect(page.locator(".landing")).toBeVisible();
  await board.picture("dragging");
  await page.mouse.up();
  await expect(status(page)).toHaveText("1 change, draft kept");
  const wait = board.panel("wait-by-zone");
  await expect.poll(async () => (await wait.boundingBox())!.y).toBeCloseTo(before.y, 0);
  // It is the same panel with the same answers.
  await board.expectState("trips-by-zone", "live");
  expect(await board.sequence("trips-by-zone")).toBeGreaterThanOrEqual(sequence);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await trips.boundingBox())!.y).toBeCloseTo(before.y, 0);

  // Escape puts a panel back that is held.
  await page.mouse.move(before.x + 200, before.y + 12);
  await page.mouse.down();
  await page.mouse.move(before.x - 300, before.y + 200, { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect.poll(async () => (await trips.boundingBox())!.x).toBeCloseTo(before.x, 0);

  // A corner resizes.
  const fares = board.panel("fares");
  const small = (await fares.boundingBox())!;
  await fares.hover();
  await page.mouse.move(small.x + small.width, small.y + small.height);
  await page.mouse.down();
  await page.mouse.move(small.x + small.width, small.y + small.height + 84, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await fares.boundingBox())!.height - small.height)).toBe(84);

  // The same by keyboard.
  await fares.getByRole("button", { name: /arrows move it/ }).focus();
  await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(async () => Math.round((await fares.boundingBox())!.height - small.height)).toBe(56);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect.poll(async () => Math.round((await fares.boundingBox())!.height - small.height)).toBe(0);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(async () => Math.round((await fares.boundingBox())!.height - small.height)).toBe(84);
  await page.keyboard.press("Delete");
  await expect(fares).toHaveCount(0);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(fares).toBeVisible();
});

test("a board of a file is saved as a copy", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectAll("live");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await board.panel("fleet").getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Save a copy" }).click();
  await expect(page).not.toHaveURL(/taxis-live/);
  await expect(page.getByRole("heading", { name: "Taxis live (copy)" })).toBeVisible();
  await expect(page.locator("[data-panel-id]")).toHaveCount(13);
});

test("two who edit at once lose nothing", async ({ page, browser }) => {
  const id = await emptyBoard("Shared");
  await page.goto(`${url}d/${id}?edit=1`);
  await add(page, "Metric");
  await done(page);
  const second = await another(browser, id);
  await second.getByRole("button", { name: "Edit", exact: true }).click();
  await second.getByLabel("Name of the dashboard").fill("Theirs");
  await second.getByLabel("Name of the dashboard").press("Enter");
  await second.keyboard.press("Control+s");
  await expect(second.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  // The first one is told at once, before anything is lost.
  const notice = page.locator(".banner").filter({ hasText: "Somebody else saved" });
  await expect(notice).toBeVisible();
  await new Board(page).picture("overtaken");
  await notice.getByRole("button", { name: "Save mine over it" }).click();
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Shared" })).toBeVisible();
  const history = await (await fetch(`${url}api/dashboards/${id}/history`)).json();
  expect(history.map(({ title }: { title: string }) => title)).toEqual(expect.arrayContaining(["Theirs", "Shared"]));
  expect(history).toHaveLength(3);

  // Who was overtaken and gives up sees what the other one made, not what the draft began from.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await add(page, "Metric");
  await done(page);
  await second.getByRole("button", { name: "Edit", exact: true }).click();
  await second.getByLabel("Name of the dashboard").fill("Theirs again");
  await second.getByLabel("Name of the dashboard").press("Enter");
  await second.keyboard.press("Control+s");
  await notice.getByRole("button", { name: "Show theirs" }).click();
  await expect(page.getByRole("heading", { name: "Theirs again" })).toBeVisible();
  await expect(page.locator("[data-panel-id]")).toHaveCount(1);
  await expect(notice).toHaveCount(0);
  await second.context().close();
});

test("what is changed while a save is on its way is not lost", async ({ page }) => {
  const id = await emptyBoard("Slow");
  await page.goto(`${url}d/${id}?edit=1`);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**/api/dashboards/${id}`, async (route) => {
    if (route.request().method() === "PUT") await held;
    await route.continue();
  });
  const rename = async (name: string) => {
    await page.getByLabel("Name of the dashboard").fill(name);
    await page.getByLabel("Name of the dashboard").press("Enter");
  };
  await rename("First");
  await page.keyboard.press("Control+s");
  await rename("Second");
  release();
  await expect.poll(async () => (await saved(id)).attributes.title).toBe("First");
  await expect(page.getByLabel("Name of the dashboard")).toHaveValue("Second");
  await page.unroute(`**/api/dashboards/${id}`);
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  expect((await saved(id)).attributes.title).toBe("Second");
  expect((await saved(id)).version).toBe("3");
});

test("settings of a board: what it is for, its range, its versions", async ({ page }) => {
  const id = await emptyBoard("Settings");
  await page.goto(`${url}d/${id}?edit=1`);
  const settings = page.getByRole("dialog", { name: "Settings of the dashboard" });
  await expect(page.getByRole("button", { name: "Settings of the dashboard" })).toBeVisible();
  await expect(settings).toBeHidden();
  await page.getByRole("button", { name: "Settings of the dashboard" }).click();
  await settings.getByLabel("What it is for").fill("To be looked at");
  await settings.getByLabel("What it is for").press("Tab");
  await new Board(page).picture("settings");
  await settings.getByRole("button", { name: "Close" }).click();
  await expect(settings).toBeHidden();
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  expect((await saved(id)).attributes.description).toBe("To be looked at");
  // The version before can be had back.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Settings of the dashboard" }).click();
  await settings.getByText("Versions").click();
  await settings.getByRole("button", { name: "Restore" }).first().click();
  await expect.poll(async () => (await saved(id)).version).toBe("3");
  expect((await saved(id)).attributes.description).toBe("");
});

test("a draft outlives its tab", async ({ page }) => {
  const id = await emptyBoard("Kept");
  await page.goto(`${url}d/${id}?edit=1`);
  await add(page, "Metric");
  await done(page);
  await page.goto(`${url}d/${id}`);
  await expect(page.locator("[data-panel-id]")).toHaveCount(0);
  await page.getByRole("button", { name: "Go on editing" }).click();
  await expect(page.locator("[data-panel-id]")).toHaveCount(1);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.reload();
  await expect(page.getByRole("heading", { name: "No panels yet" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Go on editing" })).toHaveCount(0);
});

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing serious while editing: ${theme}`, async ({ page }) => {
    const board = new Board(page);
    await board.open(url, `?theme=${theme}&edit=1`);
    await board.expectAll("live");
    expect(await faults(page)).toEqual([]);
    await board.panel("trips-by-zone").getByRole("button", { name: /arrows move it/ }).press("Enter");
    await expect(page.locator(".editor")).toBeVisible();
    expect(await faults(page)).toEqual([]);
  });
}
