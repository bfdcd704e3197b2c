// 1 Mbit/s and 300 ms each way, with more to tell than fits: the board stays usable, skips states instead of falling behind,
// and says how old it is.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { type Program, hailstream } from "../support/process";
import { Network } from "../support/proxy";

const CABS = 3_000;
const FIXES_PER_SECOND = 6_000;

const STREAM = `stream: fixes
topics: [e2e.fixes]
format: json
mode: append
time: {field: ts, unit: ms}
entity: cab
fields: {cab: keyword, ts: date, lat: double, lon: double, at: {type: geo_point, lat: lat, lon: lon}}
`;
const DASHBOARD = {
  id: "fixes",
  type: "dashboard",
  attributes: {
    title: "Fixes",
    panels: [
      {
        panelIndex: "count",
        gridData: { x: 0, y: 0, w: 12, h: 4 },
        visualization: { title: "Count", type: "metric", query: { stream: "fixes", metrics: [{ id: "n", type: "count" }] } },
      },
      {
        panelIndex: "map",
        gridData: { x: 0, y: 4, w: 24, h: 16 },
        visualization: {
          title: "Cabs",
          type: "map",
          query: { stream: "fixes", entities: { size: CABS, fields: ["at"] } },
          params: { center: [-122.42, 37.77], zoom: 11, position: "at" },
        },
      },
    ],
  },
};

let folder: string;
let programs: Program[];
let network: Network;

/** Two rounds of fixes, one cab after another. */
function fixes(): string {
  const fix = (index: number) => JSON.stringify({
    cab: `c${index % CABS}`,
    ts: Math.floor((index * 1_000) / FIXES_PER_SECOND),
    lat: 37.7 + ((index * 7919) % 10_007) / 100_000,
    lon: -122.5 + ((index * 104_729) % 10_009) / 100_000,
  });
  return Array.from({ length: 2 * FIXES_PER_SECOND }, (_, index) => fix(index)).join("\n");
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hailstream-slow-"));
  for (const part of ["streams", "dashboards"]) mkdirSync(join(folder, part));
  const stream = join(folder, "streams/fixes.yaml");
  writeFileSync(stream, STREAM);
  writeFileSync(join(folder, "dashboards/fixes.json"), JSON.stringify(DASHBOARD));
  writeFileSync(join(folder, "fixes.ndjson"), fixes());
  const broker = await hailstream("broker", "--topic", "e2e.fixes:2").until("bootstrap ");
  const settings = {
    kafka: { "bootstrap.servers": broker.said },
    streams: join(folder, "streams"),
    dashboards: join(folder, "dashboards"),
    data_dir: join(folder, "data"),
  };
  writeFileSync(join(folder, "hailstream.yaml"), JSON.stringify(settings));
  const server = await hailstream("serve", "--config", join(folder, "hailstream.yaml"), "--listen", "127.0.0.1:0").until("listening ");
  const source = hailstream("replay", "--stream", stream, "--brokers", broker.said, "--input", join(folder, "fixes.ndjson"),
    "--time", "now", "--loop").start();
  programs = [source, server, broker];
  network = await Network.to(server.said);
});

test.afterAll(async () => {
  await network?.stop();
  for (const program of programs ?? []) await program.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a slow network makes pictures rarer, not old", async ({ page }) => {
  let bytes = 0;
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => (bytes += payload.length)));
  const board = new Board(page);
  await board.open(network.url, "", "fixes");
  await board.expectState("map", "live");
  await expect.poll(() => board.ageMs("map")).toBeLessThan(500);
  network.slow({ delayMs: 300, bitsPerSecond: 1_000_000 });
  // The way is told: it takes at least the delay.
  await expect.poll(() => board.ageMs("map"), { timeout: 5_000 }).toBeGreaterThan(250);
  const ages: number[] = [];
  const [began, sequence] = [performance.now(), await board.sequence("count")];
  bytes = 0;
  for (let update = 0; update < 4; update += 1) {
    await board.expectUpdate("map");
    ages.push((await board.ageMs("map")) ?? Infinity);
  }
  const seconds = (performance.now() - began) / 1_000;
  const rate = `${Math.round((bytes * 8) / seconds / 1_000)} kbit/s, ages ${ages} ms, ${seconds} s`;
  expect((bytes * 8) / seconds, rate).toBeLessThan(1_300_000);
  expect(Math.max(...ages), rate).toBeLessThan(5_000);
  expect(await board.sequence("count"), "states are skipped, none is repeated").toBeGreaterThan(sequence);
  // It stays usable: the card opens and says where the time goes.
  await board.chip("map").focus();
  const network_leg = board.panel("map").getByRole("tooltip").locator(".r", { hasText: "Network" });
  await expect.poll(async () => Number.parseInt(await network_leg.locator("b").innerText())).toBeGreaterThan(250);
  await board.picture("slow-network");
  network.mend();
  await expect.poll(() => board.ageMs("map"), { timeout: 10_000 }).toBeLessThan(500);
});
