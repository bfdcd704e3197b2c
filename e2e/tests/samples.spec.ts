// The samples of OpenSearch Dashboards, and the buses of another city, are boards of ours: every panel answers and is drawn, nothing
// complains, nobody is left out.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { faults } from "../support/axe";
import { Board, complaints } from "../support/board";
import { type Program, hailstream } from "../support/process";

interface Panel {
  id: string;
  title: string;
  type: string;
}

/** The panels of a preset's board, as its file has them. */
function panelsOf(preset: string): Panel[] {
  const file = join(import.meta.dirname, `../../assets/presets/${preset}/dashboards/${preset}.yaml`);
  const panels = readFileSync(file, "utf8").matchAll(/panelIndex: (\S+)\n[^]*?\n {8}title: (.+)\n[^]*?\n? {8}type: (\S+)\n/g);
  return [...panels].map(([, id, title, type]) => ({ id, title, type }));
}

/** What tells that a panel of a type shows something; all others are pictures. */
const SHOWN: Record<string, { place: string; words: RegExp }> = {
  metric: { place: ".mval", words: /\d/ },
  table: { place: "tbody tr", words: /\d/ },
  search: { place: ".events li, tbody tr", words: /\S/ },
  input_control_vis: { place: "button.choice", words: /\S/ },
  markdown: { place: "p", words: /\S/ },
};

const SCREENS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const preset of ["flights", "ecommerce", "buses"]) {
  test.describe(preset, () => {
    const panels = panelsOf(preset);
    let demo: Program;

    test.beforeAll(async () => {
      demo = await hailstream("demo", preset, "--listen", "127.0.0.1:0").until("ready ", 90_000);
    });

    test.afterAll(async () => {
      await demo?.stop();
    });

    for (const [screen, size] of Object.entries(SCREENS)) {
      test(`every panel is live and drawn: ${screen}`, async ({ page }) => {
        const said = complaints(page);
        await page.setViewportSize(size);
        const board = new Board(page);
        await board.open(demo.said, "", preset);
        await expect(page.locator("[data-panel-id]")).toHaveCount(panels.length);
        for (const { id, title, type } of panels) {
          const panel = board.panel(id);
          // What is not in sight is not painted.
          await panel.scrollIntoViewIfNeeded();
          await board.expectState(id, "live");
          await expect(panel.getByRole("heading", { name: title, exact: true }), id).toBeVisible();
          const shown = SHOWN[type];
          if (shown) await expect(panel.locator(shown.place).first(), `${id} shows something`).toContainText(shown.words);
          else await expect.poll(() => board.colours(id), { message: `${id} is drawn` }).toBeGreaterThan(4);
        }
        await board.picture(`${preset}-${screen}`);
        expect(said).toEqual([]);
      });

      for (const theme of ["light", "dark"]) {
        test(`axe finds nothing serious: ${screen}, ${theme}`, async ({ page }) => {
          await page.setViewportSize(size);
          const board = new Board(page);
          await board.open(demo.said, `?theme=${theme}`, preset);
          await board.expectAll("live", panels.map(({ id }) => id));
          expect(await faults(page)).toEqual([]);
        });
      }
    }

    if (!panels.some(({ type }) => type === "input_control_vis")) return;
    test("what is chosen in a control filters the whole board", async ({ page }) => {
      const board = new Board(page);
      await board.open(demo.said, "", preset);
      await board.expectState("controls", "live");
      const total = page.locator(".inrange");
      await expect(total).toContainText(/\d/);
      const before = await total.innerText();
      await board.panel("controls").locator("button.choice").first().click();
      await board.picture(`${preset}-control`);
      await board.panel("controls").locator(".options button").first().click();
      await expect.poll(() => page.url()).toContain("filter=");
      await expect(total).not.toHaveText(before);
      await board.expectAll("live", panels.map(({ id }) => id));
    });
  });
}
