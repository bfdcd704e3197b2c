// What a person does on a dashboard, in the page's own words: panels by id, their state, their numbers.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Locator, type Page, expect } from "@playwright/test";

const TAXIS = join(import.meta.dirname, "../../assets/presets/taxis/dashboards/taxis-live.yaml");

/** Ids of the panels of the taxis' board, as its file has them. */
export const TAXI_PANELS = [...readFileSync(TAXIS, "utf8").matchAll(/panelIndex: (\S+)/g)].map(([, id]) => id);

export class Board {
  constructor(readonly page: Page) {}

  panel(id: string): Locator {
    return this.page.locator(`[data-panel-id="${id}"]`);
  }

  async open(url: string, query = "", dashboard = "taxis-live"): Promise<void> {
    await this.page.goto(`${url}d/${dashboard}${query}`);
  }

  /** The words of a panel's freshness chip. */
  chip(id: string): Locator {
    return this.panel(id).locator(".chip-place .chip");
  }

  /** The words of the board's. */
  get boardChip(): Locator {
    return this.page.locator(".titlerow .chip.brd");
  }

  /** How old a panel says it is, ms; absent where it says something else. */
  async ageMs(id: string): Promise<number | undefined> {
    const words = await this.chip(id).innerText();
    const [, number, unit] = /^(?:slow \w+, )?<? ?([\d.]+) (s|min|h)$/.exec(words.trim()) ?? [];
    if (!unit) return undefined;
    return Number(number) * { s: 1_000, min: 60_000, h: 3_600_000 }[unit as "s" | "min" | "h"];
  }

  async expectState(id: string, state: string, withinMs = 20_000): Promise<void> {
    await expect(this.panel(id)).toHaveAttribute("data-state", state, { timeout: withinMs });
  }

  async expectAll(state: string, ids = TAXI_PANELS): Promise<void> {
    for (const id of ids) await this.expectState(id, state);
  }

  /** Pictures of a state in both themes, for people to look at, where HAILSTREAM_PICTURES names a folder. */
  async picture(name: string): Promise<void> {
    const folder = process.env.HAILSTREAM_PICTURES;
    if (!folder) return;
    for (const colorScheme of ["dark", "light"] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    await this.page.emulateMedia({ colorScheme: null });
  }

  async sequence(id: string): Promise<number> {
    return Number(await this.panel(id).getAttribute("data-sequence"));
  }

  /** Waits until a panel has been updated at least once more. */
  async expectUpdate(id: string): Promise<void> {
    const before = await this.sequence(id);
    await expect.poll(() => this.sequence(id)).toBeGreaterThan(before);
  }

  /** The distinct colours of a canvas: a blank one has one. */
  async colours(id: string): Promise<number> {
    return this.panel(id).locator("canvas").first().evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set<number>();
      for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
      return seen.size;
    });
  }
}

/** Errors of the page and its console, collected from now on. */
export function complaints(page: Page): string[] {
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  return said;
}
