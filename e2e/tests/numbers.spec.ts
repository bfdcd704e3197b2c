// Every number on the board equals an independent calculation from the topics. The demo has run on a real Kafka and has
// stopped; what it left is shown by `serve` and worked out anew from the topics' records, by the dashboard's own queries.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { type Query, type Stream, Topics, says } from "../support/oracle";
import { Kafka, type Program, hailstream } from "../support/process";

const STREAMS: Record<string, Stream> = {
  telemetry: { topic: "taxi.telemetry", time: "ts", entity: "cab_id", expireMs: 600_000 },
  trips: { topic: "taxi.trips", time: "ts", dedupe: "trip_id" },
  zone_minute: { topic: "taxi.zone_minute", time: "window", key: ["zone", "window"] },
  fleet_minute: { topic: "taxi.fleet_minute", time: "window", key: ["status", "window"] },
};

interface Panel {
  panelIndex: string;
  visualization: { type: string; query: Query; params?: { metric?: string; columns?: { id: string }[]; rank?: boolean } };
}

let kafka: Kafka;
let folder: string;
let server: Program;
let panels: Panel[];
let labels: Record<string, Record<string, string>>;
const topics = new Topics(STREAMS);
/** The half hour before the demo's last minute. */
let range: { from: number; to: number };

test.beforeAll(async ({ request }) => {
  test.setTimeout(150_000);
  kafka = await Kafka.start();
  folder = mkdtempSync(join(tmpdir(), "hailstream-numbers-"));
  const options = ["--brokers", kafka.bootstrap, "--listen", "127.0.0.1:0", "--entities", "120", "--interval", "10s", "--data-dir", folder];
  const demo = await hailstream("demo", ...options).until("ready ", 120_000);
  // The rollups have written what the past hour amounts to once the newest minutes are on the board.
  const minutes = { stream: "zone_minute", time: { from: "now-2m", to: "now" }, metrics: [{ id: "trips", type: "sum", field: "trips" }] };
  await expect.poll(async () => {
    const answer = await request.post(`${demo.said}api/query`, { data: minutes });
    return answer.ok() ? (await answer.json()).rows[0][0] : 0;
  }, { timeout: 30_000 }).toBeGreaterThan(0);
  await demo.stop();
  const preset = join(folder, "preset/presets/taxis");
  const config = join(folder, "serve.json");
  writeFileSync(config, JSON.stringify({
    kafka: { "bootstrap.servers": kafka.bootstrap },
    streams: join(preset, "streams"),
    dashboards: join(preset, "dashboards"),
    data_dir: join(folder, "served"),
  }));
  server = await hailstream("serve", "--config", config, "--listen", "127.0.0.1:0").until("listening ");
  await topics.read(kafka);
  const document = await (await request.get(`${server.said}api/dashboards/taxis-live`)).json();
  const { attributes } = document.object ?? document.dashboard ?? document;
  panels = attributes.panels;
  labels = attributes.labels ?? {};
  const to = Math.floor(Date.now() / 60_000 - 2) * 60_000 - 1;
  range = { from: to + 1 - 30 * 60_000, to };
});

test.afterAll(async () => {
  await server?.stop();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("every number on the board equals a calculation from the topics", async ({ page }) => {
  const board = new Board(page);
  await board.open(server.said, `?from=${range.from}&to=${range.to}`);
  for (const { panelIndex } of panels) await expect(board.panel(panelIndex)).toHaveAttribute("data-state", /live|empty/);
  const compared: Record<string, number> = {};
  for (const panel of panels) {
    const { panelIndex: id, visualization: { type } } = panel;
    if (type === "markdown") continue;
    const numbers = async () => {
      const pairs = await shown(board, panel);
      compared[id] = pairs.length;
      return pairs.filter(([words, value]) => !agrees(words, value));
    };
    await expect.poll(numbers, { message: id, timeout: 8_000 }).toEqual([]);
  }
  console.log(JSON.stringify(compared));
  const some = Object.entries(compared).filter(([, count]) => count === 0).map(([id]) => id);
  expect(some, "panels of which nothing was compared").toEqual([]);
  expect(Object.values(compared).reduce((a, b) => a + b)).toBeGreaterThan(100);
});

type Pair = [words: string, value: number | string | null];
const agrees = (words: string, value: Pair[1]) => (typeof value === "string" ? words === value : says(words, value));

/** What is read on the page beside what it must be. */
async function shown(board: Board, { panelIndex, visualization }: Panel): Promise<Pair[]> {
  const panel = board.panel(panelIndex);
  const { type, query, params } = visualization;
  const now = Date.now();
  const label = (field: string | undefined, key: unknown) => (key === null ? "Other" : labels[field ?? ""]?.[String(key)] ?? String(key));
  const texts = (selector: string) => panel.locator(selector).allInnerTexts();
  switch (type) {
    case "metric": {
      const [{ values }] = topics.answer(query, range, now);
      const place = Math.max(0, query.metrics!.findIndex(({ id }) => id === params?.metric));
      return [[(await texts(".mval"))[0], values[place]]];
    }
    case "table": {
      const answer = topics.answer(query, range, now);
      const ids = [...query.buckets!, ...query.metrics!].map(({ id }) => id);
      const rows = await panel.locator("tbody tr").evaluateAll((rows) => rows.map((row) =>
        [...row.querySelectorAll("td:not(.bars):not(.rank)")].map((cell) => cell.textContent!.trim())));
      const pairs: Pair[] = [[String(rows.length), answer.length]];
      for (const [index, { keys, values }] of answer.entries()) {
        const cells = [...keys.map((key, at) => label(query.buckets![at].field, key)), ...values];
        for (const [at, { id }] of (params?.columns ?? ids.map((id) => ({ id }))).entries()) {
          pairs.push([rows[index]?.[at] ?? "", cells[ids.indexOf(id)]]);
        }
      }
      return pairs;
    }
    case "map": {
      const entities = topics.entities(query.stream, now);
      const [, all] = /of ([\d,]+)/.exec((await texts(".note"))[0])!;
      return [[all, entities.length]];
    }
    case "search": {
      const hits = topics.newest(query.stream, 5, range);
      const lines = await texts(".events > li");
      return hits.map((hit, index) => [
        /\d\d:\d\d:\d\d/.exec(lines[index])![0],
        new Date(Number(hit.ts)).toISOString().slice(11, 19),
      ]);
    }
    case "pie": case "histogram": case "line": case "heatmap":
      return table(board, panelIndex, topics.answer(query, range, now), query, label);
    default:
      throw new Error(`a panel the test cannot read: ${type}`);
  }
}

/** A chart, read where it shows its data as a table. */
async function table(board: Board, id: string, answer: ReturnType<Topics["answer"]>, query: Query, label: (field: string | undefined, key: unknown) => string): Promise<Pair[]> {
  const panel = board.panel(id);
  if ((await panel.locator(".astable").count()) === 0) {
    await panel.locator("button[aria-haspopup=menu]").click();
    await board.page.getByRole("menuitem", { name: "As a table" }).click();
    await expect(panel.locator(".astable tbody tr").first()).toBeAttached();
  }
  const rows = await panel.locator(".astable tr").evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent!.trim())));
  if (process.env.HAILSTREAM_SHOW) console.log(id, JSON.stringify(rows.slice(0, 5)), JSON.stringify(answer.slice(0, 5)));
  return [];
}
