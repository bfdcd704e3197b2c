// A small board over four topics of a real Kafka, and what it must show: worked out from the records that were sent.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, expect } from "@playwright/test";
import { Board } from "./board";
import { Kafka, type Program, hailstream } from "./process";
import { Producer } from "./producer";

const TOPICS = ["pulses", "others", "cabs", "past"] as const;
type Topic = (typeof TOPICS)[number];

const stream = (name: Topic, more: string) =>
  `stream: ${name}\ntopics: [e2e.${name}]\nformat: json\nmode: append\n${more}`;
const STREAMS: Record<Topic, string> = {
  pulses: stream("pulses", "fields: {kind: keyword, value: long}\n"),
  others: stream("others", "fields: {kind: keyword, value: long}\n"),
  cabs: stream("cabs", "entity: cab\nexpire: 1h\nfields: {cab: keyword, lat: double, lon: double, at: {type: geo_point, lat: lat, lon: lon}}\n"),
  past: stream("past", "time: {field: ts, unit: ms}\nlateness: 2h\nfields: {ts: date}\n"),
};

const panel = (id: string, [x, y, w, h]: number[], visualization: object) => ({
  panelIndex: id,
  gridData: { x, y, w, h },
  visualization: { title: id, ...visualization },
});
const count = [{ id: "n", type: "count" }];
const DASHBOARD = {
  id: "pulses",
  type: "dashboard",
  attributes: {
    title: "Pulses",
    timeFrom: "now-1h",
    timeTo: "now",
    panels: [
      panel("count", [0, 0, 12, 4], { type: "metric", query: { stream: "pulses", metrics: count } }),
      panel("total", [12, 0, 12, 4], {
        type: "metric",
        query: { stream: "pulses", metrics: [{ id: "total", type: "sum", field: "value" }] },
      }),
      panel("others", [24, 0, 12, 4], { type: "metric", query: { stream: "others", metrics: count } }),
      panel("kinds", [0, 4, 16, 10], {
        type: "table",
        query: {
          stream: "pulses",
          buckets: [{ id: "kind", type: "terms", field: "kind", size: 20 }],
          metrics: [...count, { id: "total", type: "sum", field: "value" }],
        },
        params: { columns: [{ id: "kind", title: "Kind" }, { id: "n", title: "Records" }, { id: "total", title: "Total" }] },
      }),
      panel("chart", [16, 4, 16, 10], {
        type: "histogram",
        query: { stream: "pulses", buckets: [{ id: "kind", type: "terms", field: "kind" }], metrics: count },
        params: { x: "kind", metric: "n" },
      }),
      panel("map", [32, 4, 16, 10], {
        type: "map",
        query: { stream: "cabs", entities: { size: 100, fields: ["at"] } },
        params: { center: [-122.42, 37.77], zoom: 13, position: "at", entity_name: "Cab", silent_after_s: 100_000 },
      }),
      panel("past", [0, 14, 48, 8], {
        type: "histogram",
        query: { stream: "past", buckets: [{ id: "t", type: "date_histogram", fixed_interval: "1m" }], metrics: count },
        params: { x: "t", metric: "n" },
      }),
    ],
  },
};

interface Pulse {
  kind: string;
  value: number;
}

export class Pulses {
  /** Every good record sent to each topic, in order. */
  readonly sent: Record<"pulses" | "others", Pulse[]> = { pulses: [], others: [] };
  private readonly producers: Partial<Record<Topic, Producer>> = {};
  private constructor(
    readonly kafka: Kafka,
    readonly folder: string,
    public server: Program,
  ) {}

  static async start(): Promise<Pulses> {
    const kafka = await Kafka.start();
    await Promise.all(TOPICS.map((topic) => kafka.topic(`e2e.${topic}`, 2)));
    const folder = mkdtempSync(join(tmpdir(), "hailstream-pulses-"));
    for (const part of ["streams", "dashboards"]) mkdirSync(join(folder, part));
    for (const topic of TOPICS) writeFileSync(join(folder, `streams/${topic}.yaml`), STREAMS[topic]);
    writeFileSync(join(folder, "dashboards/pulses.json"), JSON.stringify(DASHBOARD));
    const settings = {
      kafka: { "bootstrap.servers": kafka.bootstrap },
      streams: join(folder, "streams"),
      dashboards: join(folder, "dashboards"),
      data_dir: join(folder, "data"),
    };
    writeFileSync(join(folder, "hailstream.yaml"), JSON.stringify(settings));
    const pulses = new Pulses(kafka, folder, await serve(folder, "127.0.0.1:0"));
    for (const topic of TOPICS) pulses.producers[topic] = Producer.start(kafka, `e2e.${topic}`);
    return pulses;
  }

  get url(): string {
    return this.server.said;
  }

  /** The server again, where it was. */
  async restart(): Promise<void> {
    this.server = await serve(this.folder, new URL(this.url).host);
  }

  send(topic: "pulses" | "others", count: number): void {
    const at = this.sent[topic].length;
    const made = Array.from({ length: count }, (_, index) => ({ kind: "abcde"[(at + index) % 5], value: ((at + index) % 9) + 1 }));
    this.sent[topic].push(...made);
    this.write(topic, made.map((pulse) => JSON.stringify(pulse)));
  }

  write(topic: Topic, lines: string[]): void {
    this.producers[topic]!.write(lines);
  }

  /** Waits until the board shows exactly what was sent. */
  async expectNumbers(board: Board, withinMs = 10_000): Promise<void> {
    const { pulses, others } = this.sent;
    const words = (value: number) => value.toLocaleString("en-GB");
    const kinds = [...new Set(pulses.map(({ kind }) => kind))].map((kind) => {
      const of = pulses.filter((pulse) => pulse.kind === kind);
      return { kind, count: of.length, total: sum(of) };
    });
    kinds.sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
    const expected = {
      count: words(pulses.length),
      total: words(sum(pulses)),
      others: words(others.length),
      kinds: kinds.map(({ kind, count, total }) => [kind, words(count), words(total)]),
    };
    await expect.poll(() => shown(board), { timeout: withinMs }).toEqual(expected);
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.producers).map((producer) => producer.stop()));
    await this.server.stop();
    await this.kafka.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const serve = (folder: string, listen: string) =>
  hailstream("serve", "--config", join(folder, "hailstream.yaml"), "--listen", listen).until("listening ");
const sum = (pulses: Pulse[]) => pulses.reduce((total, { value }) => total + value, 0);

async function shown(board: Board) {
  const metric = (id: string) => board.panel(id).locator(".mval").innerText();
  const rows = board.panel("kinds").locator("tbody tr");
  return {
    count: await metric("count"),
    total: await metric("total"),
    others: await metric("others"),
    kinds: await rows.evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent!.trim()))),
  };
}

/** What a person holds on the page: a chosen cab, something pointed at, and the page itself, never loaded again. */
export class Held {
  private constructor(private readonly board: Board) {}

  static async by(board: Board): Promise<Held> {
    const page = board.page;
    await page.evaluate(() => Object.assign(window, { held: true }));
    await board.panel("map").locator(".mapview").click();
    await expect(page.locator(".cab")).toContainText("417");
    const plot = (await board.panel("chart").locator("canvas").first().boundingBox())!;
    await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height * 0.8);
    await expect(board.panel("chart").locator(".tip")).toBeVisible();
    return new Held(board);
  }

  async expectKept(): Promise<void> {
    await expect(this.board.page.locator(".cab")).toContainText("417");
    await expect(this.board.panel("chart").locator(".tip")).toBeVisible();
    expect(await this.board.page.evaluate(() => "held" in window), "the page was loaded again").toBe(true);
  }
}

/** The computer's clock, which a test can set. */
export async function clockOf(page: Page, shiftMs = 0) {
  await page.addInitScript((shift) => {
    const shifted = window as unknown as { shiftMs: number };
    shifted.shiftMs = shift;
    const { now } = Date;
    Date.now = () => now() + shifted.shiftMs;
    const origin = Object.getOwnPropertyDescriptor(Performance.prototype, "timeOrigin")!.get!;
    Object.defineProperty(Performance.prototype, "timeOrigin", {
      get(this: Performance) {
        return origin.call(this) + shifted.shiftMs;
      },
    });
  }, shiftMs);
  return {
    set: (ms: number) => page.evaluate((ms) => Object.assign(window, { shiftMs: ms }), ms),
  };
}

/** Whether the tab is looked at, as the browser tells the page. */
export async function visibility(page: Page, state: "visible" | "hidden"): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
