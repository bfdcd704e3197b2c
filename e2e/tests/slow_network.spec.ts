// 1 Mbit/s and 300 ms each way, with more to tell than fits: the board stays usable, skips states instead of falling behind,
// and says how old it is.

import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { type Program, hailstream } from "../support/process";
import { Network } from "../support/proxy";

let demo: Program;
let network: Network;

test.beforeAll(async () => {
  const options = ["--listen", "127.0.0.1:0", "--entities", "3000", "--interval", "1s"];
  demo = await hailstream("demo", ...options).until("ready ", 90_000);
  network = await Network.to(demo.said);
});

test.afterAll(async () => {
  await network?.stop();
  await demo?.stop();
});

test("a slow network makes pictures rarer, not old", async ({ page }) => {
  let bytes = 0;
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => (bytes += payload.length)));
  const board = new Board(page);
  await board.open(network.url);
  await board.expectState("fleet", "live");
  const near = (await board.ageMs("fleet"))!;
  network.slow({ delayMs: 300, bitsPerSecond: 1_000_000 });
  // The way is told: it takes at least the delay, and never grows into a queue.
  await expect.poll(() => board.ageMs("fleet"), { timeout: 15_000 }).toBeGreaterThan(near + 200);
  const ages: number[] = [];
  bytes = 0;
  const began = performance.now();
  for (let update = 0; update < 4; update += 1) {
    const before = await board.sequence("fleet");
    await expect.poll(() => board.sequence("fleet"), { timeout: 5_000 }).toBeGreaterThan(before);
    ages.push((await board.ageMs("fleet")) ?? Infinity);
  }
  const seconds = (performance.now() - began) / 1_000;
  expect(Math.max(...ages), `ages ${ages} ms`).toBeLessThan(5_000);
  expect((bytes * 8) / seconds, "bits a second").toBeLessThan(1_300_000);
  await board.expectAll("live", ["map", "fleet", "top-zones"]);
  // It stays usable: the card opens and says where the time goes.
  await board.chip("fleet").focus();
  const card = board.panel("fleet").getByRole("tooltip");
  await expect(card).toContainText("Network");
  const legs = await card.locator(".r").allInnerTexts();
  const of = (name: string) => Number(/(\d+) ms/.exec(legs.find((leg) => leg.includes(name))!)![1]);
  expect(of("Network"), legs.join(", ")).toBeGreaterThan(250);
  await board.picture("slow-network");
  network.mend();
  await expect.poll(() => board.ageMs("fleet"), { timeout: 10_000 }).toBeLessThan(1_000);
});
