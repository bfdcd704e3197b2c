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
  events: { topic: "taxi.events", time: "ts", dedupe: "event_id" },
  trips: { topic: "taxi.trips", time: "ts", dedupe: "trip_id" },
  zone_minute: { topic: "taxi.zone_minute", time: "window", key: ["zone", "window"] },
  fleet_minute: { topic: "taxi.fleet_minute", time: "window", key: ["status", "window"] },
};

interface Range {
  from: number;
  to: number;
}

interface Panel {
  panelIndex: string;
  visualization: { type: string; query: Query; params?: { metric?: string; columns?: { id: string }[]; line?: string; status?: string; silent_after_s?: number } };
}

let kafka: Kafka;
let folder: string;
let server: Program;
let panels: Panel[];
let labels: Record<string, Record<string, string>>;
const topics = new Topics(STREAMS);
/** The half hour before the demo's last minute. */
let range: Range;

test.beforeAll(async ({ request }) => {
  test.setTimeout(150_000);
  kafka = await Kafka.start();
  folder = mkdtempSync(join(tmpdir(), "hailstream-numbers-"));
  const options = ["--brokers", kafka.bootstrap, "--listen", "127.0.0.1:0", "--entities", "120", "--interval", "10s", "--data-dir", folder];
  const demo = await hailstream("demo", ...options).until("ready ", 120_000);
  // The rollups have written what the past hour amounts to once the newest minutes are on the board. So few cabs may end no trip in
  // two of them.
  for (const [stream, field, from] of [["zone_minute", "trips", "now-6m"], ["fleet_minute", "cabs", "now-2m"]]) {
    const minutes = { stream, time: { from, to: "now" }, metrics: [{ id: "sum", type: "sum", field }] };
    await expect.poll(async () => {
      const answer = await request.post(`${demo.said}api/query`, { data: minutes });
      return answer.ok() ? (await answer.json()).rows[0][0] : 0;
    }, { message: stream, timeout: 60_000 }).toBeGreaterThan(0);
  }
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

test("every number on the board equals a calculation from the topics", async ({ page, request }) => {
  // A window that ends now moves in steps, and the server says where it stands; what is in it is for us to work out.
  const rangeOf = async (query: Query) => {
    if (!query.time) return range;
    const answer = await (await request.post(`${server.said}api/query`, { data: query })).json();
    return { from: answer.range.from_ms, to: answer.range.to_ms };
  };
  const board = new Board(page);
  await board.open(server.said, `?from=${range.from}&to=${range.to}`);
  for (const { panelIndex } of panels) await expect(board.panel(panelIndex)).toHaveAttribute("data-state", /live|empty/);
  const counts: Record<string, number> = {};
  for (const panel of panels) {
    const { panelIndex: id, visualization: { type } } = panel;
    if (type === "markdown") continue;
    const numbers = async () => {
      const pairs = await shown(board, panel, await rangeOf(panel.visualization.query));
      counts[id] = pairs.length;
      return pairs.filter(([words, value]) => !agrees(words, value));
    };
    // A window that ends now moves between two looks.
    await expect.poll(numbers, { message: id, timeout: 10_000, intervals: [100] }).toEqual([]);
  }
  test.info().annotations.push({ type: "numbers compared", description: JSON.stringify(counts) });
  const some = Object.entries(counts).filter(([, count]) => count === 0).map(([id]) => id);
  expect(some, "panels of which nothing was compared").toEqual([]);
  expect(Object.values(counts).reduce((a, b) => a + b)).toBeGreaterThan(100);
});

type Pair = [words: string, value: number | string | null];
const agrees = (words: string, value: Pair[1]) => (typeof value === "string" ? words === value : says(words, value));

/** What is read on the page beside what it must be. */
async function shown(board: Board, { panelIndex, visualization }: Panel, range: Range): Promise<Pair[]> {
  const panel = board.panel(panelIndex);
  const { type, query, params } = visualization;
  const now = Date.now();
  const label = (field: string | undefined, key: unknown): string => (key === null ? "Other" : labels[field ?? ""]?.[String(key)] ?? String(key));
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
      const { status, silent_after_s: silentAfter } = params!;
      const [, all] = /of ([\d,]+)/.exec((await texts(".note"))[0])!;
      const heard = entities.filter((row) => Number(row.ts) > now - silentAfter! * 1_000);
      const legend = (await texts(".mapleg button")).map((words) => /^(.+?)\s+([\d,]+)$/.exec(words.replaceAll("\n", " "))!);
      return [[all, entities.length], ...legend.map(([, name, count]): Pair => {
        const of = heard.filter((row) => label(status, row[status!]) === name);
        return [count, name === "Silent" ? entities.length - heard.length : of.length];
      })];
    }
    case "search": {
      const lines = (await panel.locator(".events > li").evaluateAll((lines) => lines.map((line) =>
        [line.querySelector("time")!.textContent!, line.querySelector(".w")!.textContent!]))).map((line) => line.join(" "));
      const hits = topics.newest(query.stream, lines.length, range).map((hit) => {
        const line = params!.line!.replaceAll(/{(\w+)}/g, (_, name) => label(name, hit[name]));
        return `${new Date(Number(hit.ts)).toISOString().slice(11, 19)} ${line}`;
      });
      // The newest first; records of one second in any order.
      const isNewer = (a: string, b: string) => (a < b ? 1 : -1);
      const times = (lines: string[]) => lines.map((line) => line.slice(0, 8)).join();
      hits.sort(isNewer);
      return [[times(lines), times(hits)], ...lines.sort(isNewer).map((line, index): Pair => [line, hits[index]])];
    }
    case "pie": case "histogram": case "line": case "heatmap":
      return compared(await tableOf(board, panelIndex), query, range, label);
    default:
      throw new Error(`a panel the test cannot read: ${type}`);
  }
}

/** A chart's data, read where it shows them as a table: the header and the rows. */
async function tableOf(board: Board, id: string): Promise<string[][]> {
  const panel = board.panel(id);
  if ((await panel.locator(".astable").count()) === 0) {
    await panel.locator("button[aria-haspopup=menu]").click();
    await board.page.getByRole("menuitem", { name: "As a table" }).click();
    await expect(panel.locator(".astable tbody tr").first()).toBeAttached();
  }
  return panel.locator(".astable tr").evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent!.trim())));
}

type Label = (field: string | undefined, key: unknown) => string;

function compared([header, ...rows]: string[][], query: Query, range: Range, label: Label): Pair[] {
  const [first, second] = query.buckets!;
  const now = Date.now();
  if (!second) {
    const answer = topics.answer(query, range, now);
    // Gaps between numbers are filled with rows of nothing.
    const filled = rows.filter(([, value]) => value !== "0");
    const name = (key: unknown) => (first.type === "histogram" ? `$${key} to $${Number(key) + first.interval!}` : label(first.field, key));
    return [[String(filled.length), answer.length], ...answer.flatMap(({ keys: [key], values: [value] }, index): Pair[] =>
      [[filled[index]?.[0] ?? "", name(key)], [filled[index]?.[1] ?? "", value]])];
  }
  const [from, to] = stretch(rows[0][0], now);
  const answer = topics.answer(query, range, now, to - from);
  const names = [...new Set(answer.map(({ keys: [key] }) => label(first.field, key)))];
  const nothing = query.metrics![0].type === "avg" ? null : 0;
  const pairs: Pair[] = [[header.slice(1).join(), names.join()]];
  let seen = 0;
  for (const [words, ...cells] of rows) {
    const [start] = stretch(words, now);
    for (const [index, cell] of cells.entries()) {
      const found = answer.find(({ keys: [key, time] }) => time === start && label(first.field, key) === header[index + 1]);
      seen += Number(found !== undefined);
      pairs.push([cell, found ? found.values[0] : nothing]);
    }
  }
  // Nothing is left out either.
  pairs.push([String(seen), answer.length]);
  return pairs;
}

/** `11:50 to 11:55` or `20 Nov 12:00 to 13:00`, in UTC, as epoch ms. */
function stretch(words: string, now: number): [number, number] {
  const [, day, month, hour, minute, , toHour, toMinute] = /^(?:(\d+) (\w+) )?(\d+):(\d+) to (?:(\d+ \w+) )?(\d+):(\d+)/.exec(words)!;
  const year = new Date(now).getUTCFullYear();
  const midnight = day ? Date.parse(`${day} ${month} ${year} UTC`) : Math.floor(now / 86_400_000) * 86_400_000;
  const at = (hour: string, minute: string) => midnight + (Number(hour) * 60 + Number(minute)) * 60_000;
  const [from, to] = [at(hour, minute), at(toHour, toMinute)];
  return [from, to > from ? to : to + 86_400_000];
}
