// The taxi demo on a real Apache Kafka, for all tests of a file.

import { test } from "@playwright/test";
import { Kafka, type Program, hailstream } from "./process";

/** Starts it before the tests of the file that calls this, and stops it behind them. Its address is known in them. */
export function taxiDemo(cabs: number, interval: string): { readonly url: string } {
  let kafka: Kafka | undefined;
  let demo: Program | undefined;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    kafka = await Kafka.start();
    const options = ["--brokers", kafka.bootstrap, "--listen", "127.0.0.1:0", "--entities", String(cabs), "--interval", interval];
    demo = await hailstream("demo", ...options).until("ready ", 150_000);
  });

  test.afterAll(async () => {
    await demo?.stop();
    await kafka?.stop();
  });

  return {
    get url() {
      if (!demo) throw new Error("the demo has not been started");
      return demo.said;
    },
  };
}
