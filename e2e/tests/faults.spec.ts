// What a person sees where something never worked: no broker, a panel that makes no sense, a board that does not exist.
// What breaks and is mended is in recovery.spec.ts.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { Kafka, Program, hailstream } from "../support/process";

const STREAM = `stream: pulses
topics: [e2e.pulses]
format: json
mode: append
fields: {kind: keyword, value: double}
`;

const DASHBOARD = {
  id: "taxis-live",
  type: "dashboard",
  attributes: {
    title: "Pulses",
    panels: [
      {
        panelIndex: "count",
        gridData: { x: 0, y: 0, w: 12, h: 4 },
        visualization: { title: "Count", type: "metric", query: { stream: "pulses", metrics: [{ id: "n", type: "count" }] } },
      },
      {
        panelIndex: "unknown",
        gridData: { x: 12, y: 0, w: 12, h: 8 },
        visualization: { title: "From another product", type: "vega", query: { stream: "pulses" } },
      },
      {
        panelIndex: "nothing",
        gridData: { x: 24, y: 0, w: 12, h: 8 },
        visualization: {
          title: "Nothing",
          type: "table",
          query: {
            stream: "pulses",
            filters: [{ term: { field: "kind", value: "never" } }],
            buckets: [{ id: "kind", type: "terms", field: "kind" }],
          },
        },
      },
    ],
  },
};

let kafka: Kafka;
let folder: string;
let server: Program;
let url: string;

const config = () => join(folder, "hailstream.yaml");
const serve = (listen: string) => hailstream("serve", "--config", config(), "--listen", listen).until("listening ");

/** Sends `count` records that happen now. */
async function send(count: number): Promise<void> {
  const input = join(folder, "pulses.ndjson");
  const records = Array.from({ length: count }, (_, value) => JSON.stringify({ kind: "tick", value }));
  writeFileSync(input, records.join("\n"));
  const stream = join(folder, "streams/pulses.yaml");
  await hailstream("replay", "--stream", stream, "--brokers", kafka.bootstrap, "--input", input, "--time", "now",
    "--order", "file", "--speed", "max").run();
}

test.beforeAll(async () => {
  kafka = await Kafka.start();
  await kafka.topic("e2e.pulses", 2);
  folder = mkdtempSync(join(tmpdir(), "hailstream-faults-"));
  mkdirSync(join(folder, "streams"));
  mkdirSync(join(folder, "dashboards"));
  writeFileSync(join(folder, "streams/pulses.yaml"), STREAM);
  writeFileSync(join(folder, "dashboards/pulses.json"), JSON.stringify(DASHBOARD));
  const settings = {
    kafka: { "bootstrap.servers": kafka.bootstrap },
    streams: join(folder, "streams"),
    dashboards: join(folder, "dashboards"),
    data_dir: join(folder, "data"),
  };
  writeFileSync(config(), JSON.stringify(settings));
  server = await serve("127.0.0.1:0");
  url = server.said;
  await send(40);
});

test.afterAll(async () => {
  await server?.stop();
  await kafka?.stop();
});

test("a panel type it does not know says so, the others live", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectState("count", "live");
  await board.expectState("unknown", "error");
  await expect(board.panel("unknown")).toContainText("vega");
  await board.expectState("nothing", "empty");
  await expect(board.panel("count")).toContainText("40");
  await board.picture("empty-and-error");
});

test("a broker that is not there is said before anything else", async ({ page }) => {
  const settings = JSON.parse(readFileSync(config(), "utf8"));
  settings.kafka["bootstrap.servers"] = "127.0.0.1:1";
  const other = join(folder, "nowhere.yaml");
  writeFileSync(other, JSON.stringify({ ...settings, data_dir: join(folder, "other") }));
  const lonely = await hailstream("serve", "--config", other, "--listen", "127.0.0.1:0").until("listening ");
  const board = new Board(page);
  await board.open(lonely.said);
  await board.expectState("nothing", "stale", 6_000);
  await expect(board.panel("nothing")).toContainText("Kafka cannot be reached.");
  await expect(board.chip("count")).toHaveText("no Kafka");
  await board.picture("never-a-broker");
  await lonely.stop();
});

test("a dashboard that does not exist says so", async ({ page }) => {
  await page.goto(`${url}d/nowhere`);
  await expect(page.getByText(/nowhere/)).toBeVisible();
});
