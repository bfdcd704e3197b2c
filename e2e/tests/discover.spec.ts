// Records: what came in is found, read and located in Kafka; what is counted is right; reading holds the tail; nobody is left out.

import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;
let url: string;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "200", "--interval", "2s").until("ready ", 90_000);
  url = demo.said;
});

test.afterAll(async () => {
  await demo?.stop();
});

const rows = (page: Page) => page.locator("tr[data-row]");
const word = (page: Page, name: string) => new URL(page.url()).searchParams.getAll(name);
const histogram = (page: Page) => page.getByRole("region", { name: "Records over time" });
const records = (page: Page) => page.getByRole("region", { name: "Records", exact: true });

async function open(page: Page, words: string): Promise<void> {
  await page.goto(`${url}discover${words}`);
  await expect(records(page)).toHaveAttribute("data-state", "live");
  await expect(histogram(page)).toHaveAttribute("data-state", "live");
  await expect(rows(page).first()).toBeVisible();
}

/** A stretch that is over, so that a question has one answer. */
function past(): { from: string; to: string } {
  const to = Math.floor(Date.now() / 60_000 - 2) * 60_000;
  const [from, until] = [to - 5 * 60_000, to - 1].map((at) => new Date(at).toISOString());
  return { from, to: until };
}

test("somebody looks for a record, reads it, and knows where it is in Kafka", async ({ page }) => {
  const said = complaints(page);
  await page.goto(url);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Discover" }).first().click();
  await page.getByRole("button", { name: /^Stream:/ }).click();
  await page.getByRole("menuitemradio", { name: "telemetry" }).click();
  await expect.poll(() => word(page, "stream")).toEqual(["telemetry"]);
  // The page of the other stream is there.
  await expect(page.locator(".fname", { hasText: "engine_temp" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("speed > 10");
  await page.keyboard.press("Enter");
  await expect.poll(() => word(page, "q")).toEqual(["speed > 10"]);
  // Whose cabs are hired, by the values of the field.
  await page.locator(".fname", { hasText: "status" }).click();
  await page.getByRole("button", { name: "Only status: hired" }).click();
  await expect.poll(() => word(page, "filter")).toEqual(["status:hired"]);
  await expect(histogram(page).locator("h2")).toHaveText(/^[\d,]+ records$/);
  await expect(histogram(page).locator(".sub")).toHaveText(/^of [\d,]+ · per /);
  await rows(page).nth(3).locator("button").click();
  const record = page.locator("tr.det");
  await expect(record.locator(".kv dt", { hasText: "speed" }).first()).toBeVisible();
  const kafka = record.getByRole("region", { name: "Where it is in Kafka" });
  await expect(kafka).toContainText("taxi.telemetry");
  const opened = await rows(page).nth(3).locator("td").allInnerTexts();
  const [partition, offset] = opened.slice(-2).map((words) => words.replaceAll(",", ""));
  await expect(kafka.locator("code")).toHaveText(`kcat -C -b "$BROKERS" -t taxi.telemetry -p ${partition} -o ${offset} -c 1 -f '%k %s\\n'`);
  await record.getByRole("tab", { name: "JSON" }).click();
  const read = JSON.parse(await record.locator("pre").innerText());
  expect(read.status).toBe("hired");
  expect(read.speed).toBeGreaterThan(10);
  // The address is the memory of the page.
  await page.reload();
  await expect(page.locator(".pilltext")).toContainText("status: hired");
  await page.goBack();
  await expect.poll(() => word(page, "filter")).toEqual([]);
  expect(said).toEqual([]);
});

test("counts, top values and their shares are those of the same question over HTTP", async ({ page, request }) => {
  const range = past();
  await open(page, `?stream=telemetry&from=${range.from}&to=${range.to}&filter=-status:off_duty`);
  const ask = async (query: object) => (await request.post(`${url}api/query`, { data: { stream: "telemetry", time: range, ...query } })).json();
  const filters = [{ terms: { field: "status", values: ["off_duty"] }, negate: true }];
  const [filtered, all] = [await ask({ filters }), await ask({})];
  const words = (count: number) => count.toLocaleString("en-GB");
  await expect(histogram(page).locator("h2")).toHaveText(`${words(filtered.total)} records`);
  await expect(histogram(page).locator(".sub")).toContainText(`of ${words(all.total)}`);
  await page.locator(".fname", { hasText: "zone" }).click();
  const values = await ask({ filters, buckets: [{ id: "v", type: "terms", field: "zone", size: 8 }] });
  const shown = page.locator(".tv .r");
  await expect(shown).toHaveCount(values.rows.length);
  for (const [place, [zone, count]] of values.rows.entries()) {
    await expect(shown.nth(place)).toContainText(zone);
    await expect(shown.nth(place)).toContainText(words(count));
  }
});

test("who reads is not disturbed, and is told what waits", async ({ page }) => {
  await open(page, "?stream=telemetry");
  await rows(page).nth(1).locator("button").click();
  const read = await rows(page).allInnerTexts();
  const waiting = page.getByRole("button", { name: /waiting while you read/ });
  await expect(waiting).toBeVisible();
  await expect(waiting).toHaveText(/^\s*[1-9][\d,]*\+? waiting while you read$/);
  expect(await rows(page).allInnerTexts()).toEqual(read);
  await waiting.click();
  await expect(page.locator("tr.det")).toHaveCount(0);
  await expect.poll(async () => (await rows(page).allInnerTexts())[0]).not.toBe(read[0]);
});

test("columns and order are chosen, kept in the address, and leave as CSV", async ({ page }) => {
  await open(page, "?stream=telemetry&columns=cab_id,speed,zone&sort=-speed");
  const numbers = async () => (await rows(page).locator("td:nth-child(4)").allInnerTexts()).filter((words) => words !== "–").map(Number);
  await expect(rows(page).nth(1)).toBeVisible();
  const speeds = await numbers();
  expect(speeds.length).toBeGreaterThan(20);
  expect(speeds).toEqual([...speeds].sort((a, b) => b - a));
  await expect(page.locator("th[aria-sort=descending]")).toContainText("speed");
  // An opened record holds the table still, so that the file is what is seen.
  await rows(page).first().locator("button").click();
  await expect(page.locator("tr.det")).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  expect(download.suggestedFilename()).toBe("telemetry.csv");
  const file = readFileSync((await download.path())!, "utf8").replace("\u{feff}", "");
  const [head, first] = file.split("\r\n");
  expect(head).toBe("ts,cab_id,speed,zone,_topic,_partition,_offset");
  const cells = await rows(page).first().locator("td").allInnerTexts();
  const [time, cab, speed, zone, topic, partition, offset] = first.split(",");
  expect(time.slice(11, 23)).toBe(cells[1]);
  expect([cab, speed, zone, topic, partition]).toEqual([cells[2], cells[3], cells[4], "taxi.telemetry", cells[5]]);
  expect(Number(offset).toLocaleString("en-GB")).toBe(cells[6]);
  await page.getByRole("button", { name: "Live tail" }).click();
  await expect.poll(() => word(page, "sort")).toEqual([]);
  await page.locator(".f", { hasText: "fuel" }).hover();
  await page.getByRole("button", { name: "Put fuel into the table" }).click();
  await expect.poll(() => word(page, "columns")).toEqual(["cab_id,speed,zone,fuel"]);
  await expect(page.locator("thead th", { hasText: "fuel" })).toBeVisible();
});

test("the record of a board's list leads to all records like it", async ({ page }) => {
  await page.goto(`${url}d/taxis-live?from=now-10m&to=now`);
  const events = page.locator('[data-panel-id="events"]');
  await events.getByRole("button").filter({ hasText: "Cab" }).first().click();
  await events.getByRole("link", { name: "Open in Discover" }).click();
  await expect(page.getByRole("heading", { name: "Discover" })).toBeVisible();
  expect([word(page, "stream"), word(page, "from")]).toEqual([["events"], ["now-10m"]]);
  await expect(rows(page).first()).toBeVisible();
});

test("what there is not is said: no such stream, nothing found, a wrong query", async ({ page }) => {
  await page.goto(`${url}discover?stream=nothing`);
  await expect(page.getByRole("alert")).toContainText("This stream cannot be shown");
  await page.getByRole("button", { name: /^Stream:/ }).click();
  await page.getByRole("menuitemradio", { name: "trips" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.goto(`${url}discover?stream=trips&q=zone: Atlantis`);
  await expect(records(page)).toHaveAttribute("data-state", "empty");
  await expect(records(page)).toContainText("No records in the last 15 min");
});

for (const [screen, size] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
  for (const theme of ["light", "dark"]) {
    test(`axe finds nothing serious: ${screen}, ${theme}`, async ({ page }) => {
      await page.setViewportSize(size);
      await open(page, `?stream=telemetry&theme=${theme}`);
      const fields = page.getByRole("button", { name: "Fields" });
      if (screen === "phone") await fields.click();
      await page.locator(".fname", { hasText: "status" }).click();
      await expect(page.locator(".tv .r").first()).toBeVisible();
      await rows(page).nth(1).locator("button").click();
      await expect(page.locator("tr.det")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
      // Nothing is wider than the screen but what scrolls by itself.
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    });
  }
}

test("by keyboard alone: to the rows, through them, into one and out", async ({ page }) => {
  await open(page, "?stream=telemetry");
  const name = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "");
  let stops = 0;
  while (!(await name()).startsWith("Record at")) {
    await page.keyboard.press("Tab");
    expect((stops += 1), "stops before the rows").toBeLessThan(80);
    expect(await name(), "a stop without a name").not.toBe("");
  }
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(page.locator('tr[data-row="2"].open')).toBeVisible();
  await page.keyboard.press("Tab");
  expect(await name()).toBe("Fields");
  await page.keyboard.press("Escape");
  await expect(page.locator("tr.det")).toHaveCount(0);
});
