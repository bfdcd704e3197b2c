// A day at the dispatcher's desk, on a desktop, on a phone in the street and at the wall of the office, light and dark; on a real
// Apache Kafka.

import { type Locator, type Page, expect, test } from "@playwright/test";
import { Board, complaints } from "../support/board";
import { taxiDemo } from "../support/demo";

const demo = taxiDemo(300, "2s");

const numbers = (text: string) => (text.replaceAll(",", "").match(/\d+/g) ?? []).map(Number);

async function open(page: Page, query: string): Promise<{ board: Board; map: Locator }> {
  const board = new Board(page);
  await board.open(demo.url, query);
  await board.expectState("map", "live");
  const map = board.panel("map");
  await expect(map.locator(".note")).toContainText("cabs in view");
  return { board, map };
}

/** Everything that is to be touched lies within the screen. */
async function expectNoOverflow(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond).toBeLessThanOrEqual(0);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a desktop, ${colorScheme}`, () => {
    test.use({ viewport: { width: 1440, height: 900 }, colorScheme });

    test("a customer waits: the free cab that stands longest is found, followed and let go", async ({ page }) => {
      const said = complaints(page);
      const { board, map } = await open(page, "");
      await map.getByRole("button", { name: "List and search" }).click();
      const first = map.getByRole("option").first();
      const name = (await first.locator("b").textContent())!;
      await first.click();
      const card = map.locator(".cab");
      await expect(card).toContainText(`Cab ${name}`);
      await card.getByRole("button", { name: "Follow" }).click();
      await expect(card.getByRole("button", { name: "Follow" })).toHaveAttribute("aria-pressed", "true");
      await card.getByRole("button", { name: "Records" }).click();
      await expect(card.locator("tbody tr")).toHaveCount(5);
      await board.picture(`dispatcher-desktop-${colorScheme}`);
      await map.locator(".mapview").focus();
      await page.keyboard.press("Escape");
      await expect(card).toHaveCount(0);
      expect(said).toEqual([]);
    });
  });

  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme });

    test("a driver calls: his cab is found by name with a thumb, its sheet leaves it in sight", async ({ page }) => {
      const said = complaints(page);
      const { board, map } = await open(page, "");
      await expectNoOverflow(page);
      await map.getByRole("button", { name: "List and search" }).tap();
      const find = map.getByRole("searchbox");
      await find.tap();
      await find.fill("c00");
      const option = map.getByRole("option").nth(1);
      const name = (await option.locator("b").textContent())!;
      expect((await option.boundingBox())!.height, "a thumb's height").toBeGreaterThanOrEqual(44);
      await board.picture(`dispatcher-phone-list-${colorScheme}`);
      await option.tap();
      await expect(map.getByRole("searchbox"), "the list gives way").toHaveCount(0);
      const sheet = map.locator(".cab");
      await expect(sheet).toContainText(`Cab ${name}`);
      await expect(sheet).toContainText("Status");
      await sheet.getByRole("button", { name: "Follow" }).tap();
      await expect(sheet.getByRole("button", { name: "Follow" })).toHaveAttribute("aria-pressed", "true");
      await expectNoOverflow(page);
      await board.picture(`dispatcher-phone-${colorScheme}`);
      await sheet.getByRole("button", { name: "Close" }).tap();
      await expect(sheet).toHaveCount(0);
      // The legend filters by a tap.
      const hired = map.locator(".mapleg button", { hasText: "Hired" });
      await hired.tap();
      await expect(map.locator(".note")).toContainText("hidden");
      await expect.poll(async () => numbers(await hired.innerText())[0] - numbers(await map.locator(".note").innerText())[1]).toBe(0);
      await hired.tap();
      await expect(map.locator(".note")).not.toContainText("hidden");
      expect(said).toEqual([]);
    });
  });

  test.describe(`at the wall, ${colorScheme}`, () => {
    test.use({ viewport: { width: 1920, height: 1080 }, colorScheme });

    test("who looks up sees the ranking and the tinted zones, and needs no mouse", async ({ page }) => {
      const said = complaints(page);
      const { board, map } = await open(page, "?wall=1");
      await expect(map.getByRole("option").first()).toBeVisible();
      await expect(map.locator(".note .ramp")).toBeVisible();
      const picture = () => map.locator("canvas").first().screenshot();
      const before = await picture();
      await expect.poll(async () => !(await picture()).equals(before), "cabs drive").toBe(true);
      await expectNoOverflow(page);
      await board.picture(`dispatcher-wall-${colorScheme}`);
      expect(said).toEqual([]);
    });
  });
}
