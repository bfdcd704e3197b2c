// How the user goals in tests/ are run: Debian's Chromium (or HAILSTREAM_CHROMIUM), one at a time.
// What fails is tried once more, for a machine that is shared may stall for seconds; scripts/test names what needed it, to be mended.
// The tests start the binary themselves (HAILSTREAM_BIN, else target/release/hailstream), on ports of their own.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

// Programs work in folders of their own: a path from here would lead nowhere.
process.env.HAILSTREAM_BIN = resolve(process.env.HAILSTREAM_BIN ?? join(import.meta.dirname, "../target/release/hailstream"));
process.env.HAILSTREAM_DATA ??= resolve(import.meta.dirname, "../../shared/data");
process.env.HAILSTREAM_TEST_KAFKA_SCRIPT ??= resolve(import.meta.dirname, "../scripts/kafka");

const chromium = process.env.HAILSTREAM_CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(chromium)) {
  throw new Error(`no browser at ${chromium}: run scripts/setup test, or name one in HAILSTREAM_CHROMIUM`);
}

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  workers: 1,
  retries: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? "test-results/report.json" }]],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-first-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      // Without these it looks for its maker's hosts at every start, and (as root) refuses to start at all.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
