// What a person sees within three seconds when something breaks, and that nothing is missing when it is mended: the numbers
// equal those worked out from the records sent, the chosen cab stays chosen, the page is never loaded again.

import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { Network } from "../support/proxy";
import { Held, Pulses, clockOf, visibility } from "../support/pulses";

const SEEN_MS = 3_500;

let pulses: Pulses;
let network: Network;

test.beforeAll(async () => {
  pulses = await Pulses.start();
  pulses.send("others", 3);
  pulses.send("pulses", 40);
  pulses.write("cabs", [JSON.stringify({ cab: "417", lat: 37.77, lon: -122.42 })]);
});

test.beforeEach(async () => {
  network = await Network.to(pulses.url);
});

test.afterEach(async () => {
  await network.stop();
});

test.afterAll(async () => {
  await pulses?.stop();
});

async function opened(board: Board): Promise<void> {
  await board.open(network.url, "", "pulses");
  for (const id of ["count", "total", "others", "kinds", "chart", "map"]) await board.expectState(id, "live");
  await pulses.expectNumbers(board);
}

test("a server that is killed and comes back", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  await pulses.server.stop("SIGKILL");
  await board.expectState("kinds", "stale", SEEN_MS);
  await expect(board.panel("kinds")).toContainText("Connection lost.");
  await expect(board.boardChip).toContainText("No connection");
  await expect(page.locator(".banner")).toContainText("The connection to the server is lost.");
  await board.picture("no-connection");
  pulses.send("pulses", 13);
  await pulses.restart();
  await page.locator(".banner").getByRole("button", { name: "Try now" }).click({ timeout: 2_000 }).catch(() => {});
  await board.expectState("kinds", "live", 15_000);
  await pulses.expectNumbers(board);
  await expect(page.locator(".banner")).toBeHidden();
  // "Try now" took the pointer away from the chart.
  const plot = (await board.panel("chart").locator("canvas").first().boundingBox())!;
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height * 0.8);
  await held.expectKept();
});

test("a network that is cut without a word, and mended", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  network.cut();
  pulses.send("pulses", 21);
  await board.expectState("count", "stale", 4_500);
  await expect(board.panel("kinds")).toContainText("Connection lost.");
  network.mend();
  await board.expectState("count", "live", 12_000);
  await pulses.expectNumbers(board);
  await held.expectKept();
});

test("a tab that was hidden for an hour catches up in one snapshot", async ({ page }) => {
  const clock = await clockOf(page);
  const said: string[] = [];
  const frames: Buffer[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => said.push(String(payload)));
    socket.on("framereceived", ({ payload }) => frames.push(Buffer.from(payload)));
  });
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  await visibility(page, "hidden");
  await clock.set(3_600_000);
  await expect.poll(() => said.filter((text) => text.includes("pause")).length).toBe(1);
  for (let round = 0; round < 5; round += 1) pulses.send("pulses", 20);
  const sequence = await board.sequence("count");
  // Another viewer sees all of it; this one is told nothing.
  const other = new Board(await page.context().newPage());
  await opened(other);
  await other.page.close();
  expect(await board.sequence("count")).toBe(sequence);
  const before = frames.length;
  await visibility(page, "visible");
  await pulses.expectNumbers(board, 3_000);
  const results = frames.slice(before).filter((frame) => frame.includes("e2e.pulses") || frame.length > 200);
  expect(results.length, "messages with results").toBeLessThanOrEqual(3);
  await expect.poll(() => board.ageMs("count"), { timeout: 3_000 }).toBeLessThan(3_000);
  await held.expectKept();
});

test("a laptop that slept reconnects as soon as it wakes", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  network.cut();
  pulses.send("pulses", 34);
  // Meanwhile the way out has another address: nothing of the old connections ever comes back.
  network.drop();
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  network.mend();
  await pulses.expectNumbers(board, 3_000);
  await board.expectState("count", "live", 1_000);
  await held.expectKept();
});

for (const minutes of [5, -5]) {
  test(`a computer's clock that is ${minutes} minutes wrong`, async ({ page }) => {
    const clock = await clockOf(page, minutes * 60_000);
    const board = new Board(page);
    await opened(board);
    const isRight = async () => {
      pulses.send("pulses", 1);
      const age = await board.ageMs("count");
      return age !== undefined && age < 2_000;
    };
    await expect.poll(isRight, { timeout: 3_000 }).toBe(true);
    await expect(board.chip("count")).toHaveClass(/live/);
    await page.getByRole("button", { name: /pause/i }).click();
    const words = await board.boardChip.innerText();
    const [hour, minute] = /Paused at (\d\d):(\d\d)/.exec(words)!.slice(1).map(Number);
    const now = new Date();
    const apart = Math.abs(hour * 60 + minute - (now.getUTCHours() * 60 + now.getUTCMinutes()));
    expect(Math.min(apart, 1440 - apart), words).toBeLessThanOrEqual(1);
    await page.getByRole("button", { name: /resume/i }).click();
    // Somebody sets it right while the page is open.
    await clock.set(0);
    await expect.poll(isRight, { timeout: 5_000 }).toBe(true);
    await board.expectState("count", "live");
    await pulses.expectNumbers(board);
  });
}

test("a stream of garbage says so with count and place, and the others go on", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  pulses.write("pulses", Array.from({ length: 300 }, (_, index) => `{"kind": garbage ${index}`));
  await board.expectState("kinds", "stale", SEEN_MS);
  await expect(board.chip("kinds")).toHaveText("300 bad records");
  await expect(board.panel("kinds")).toContainText(/Newest: e2e\.pulses [01]:\d+/);
  await board.picture("garbage");
  pulses.send("others", 4);
  await expect(board.panel("others").locator(".mval")).toHaveText(String(pulses.sent.others.length));
  await board.expectState("others", "live");
  // The source is repaired.
  pulses.send("pulses", 8);
  await board.expectState("kinds", "live", SEEN_MS);
  await pulses.expectNumbers(board);
  await board.chip("kinds").focus();
  await expect(board.panel("kinds").getByRole("tooltip")).toContainText("300 bad records left out");
  await page.mouse.move(0, 0);
  expect(await page.evaluate(() => "held" in window)).toBe(true);
  void held;
});

test("a broker that goes is named, and nothing is missing when it is back", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const held = await Held.by(board);
  await pulses.kafka.kill();
  await board.expectState("kinds", "stale", SEEN_MS);
  await expect(board.chip("kinds")).toContainText("no Kafka");
  await expect(board.panel("kinds")).toContainText("Kafka cannot be reached.");
  await board.picture("no-kafka");
  await pulses.kafka.resume();
  await board.expectState("kinds", "live", 20_000);
  pulses.send("pulses", 5);
  await pulses.expectNumbers(board);
  await held.expectKept();
});

test("a stream that stops is quiet, the others go on", async ({ page }) => {
  const board = new Board(page);
  await opened(board);
  const goOn = async () => {
    pulses.send("others", 1);
    return board.chip("map").innerText();
  };
  // Half a minute without a record makes a stream quiet, and the cab has sent none since the first test; the stream is
  // fine, so nothing pales.
  await expect.poll(goOn, { timeout: 34_000, intervals: [500] }).toMatch(/^quiet \d+ (s|min)$/);
  await board.expectState("map", "live");
  await expect(board.chip("others")).toHaveClass(/live/);
  await board.chip("map").focus();
  await expect(board.panel("map").getByRole("tooltip")).toContainText("nothing is broken");
  await board.picture("quiet");
  pulses.write("cabs", [JSON.stringify({ cab: "417", lat: 37.77, lon: -122.42 })]);
  await expect(board.chip("map")).toHaveClass(/live/, { timeout: 3_000 });
  await pulses.expectNumbers(board);
});
