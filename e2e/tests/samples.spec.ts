// The samples of OpenSearch Dashboards are boards of ours: every panel answers and is drawn, nothing complains, nobody is left out.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
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
  search: { place: ".events li", words: /\S/ },
  markdown: { place: "p", words: /\S/ },
};

const SCREENS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const preset of ["flights", "ecommerce"]) {
  test.describe(preset, () => {
    const panels = panelsOf(preset);
    let folder: string;
    let demo: Program;

    test.beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "hailstream-samples-"));
      demo = await hailstream("demo", preset, "--listen", "127.0.0.1:0", "--data-dir", folder).until("ready ", 90_000);
    });

    test.afterAll(async () => {
      await demo?.stop();
      rmSync(folder, { recursive: true, force: true });
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
          const { violations } = await new AxeBuilder({ page }).analyze();
          const faults = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
          expect(faults.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
        });
      }
    }

    test("a click on a row of what stands for the controls filters the whole board", async ({ page }) => {
      const { id } = panels.find(({ type }) => type === "table")!;
      const board = new Board(page);
      await board.open(demo.said, "", preset);
      await board.expectState(id, "live");
      await board.panel(id).locator("tbody tr").first().getByRole("button").click();
      await expect.poll(() => page.url()).toContain("filter=");
      await board.expectAll("live", panels.map(({ id }) => id));
    });
  });
}
