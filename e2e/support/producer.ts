// Kafka's own console producer, kept open: what a test writes arrives within milliseconds and is not the product's doing.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Kafka } from "./process";

export class Producer {
  private ended = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly messages: string[],
  ) {
    child.on("exit", () => (this.ended = true));
  }

  static start(kafka: Kafka, topic: string): Producer {
    const tool = ["tool", "org.apache.kafka.tools.ConsoleProducer", "--topic", topic];
    const settings = ["--command-property", "linger.ms=5", "--dir", kafka.folder];
    const child = spawn(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, [...tool, ...settings], { stdio: ["pipe", "ignore", "pipe"] });
    const messages: string[] = [];
    child.stderr!.on("data", (chunk) => messages.push(String(chunk)));
    return new Producer(child, messages);
  }

  /** Hands over lines; they are sent at once. */
  write(lines: string[]): void {
    if (this.ended) throw new Error(`the producer has ended: ${this.messages.join("").slice(-2000)}`);
    this.child.stdin!.write(lines.map((line) => `${line}\n`).join(""));
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = once(this.child, "exit");
    this.child.stdin!.end();
    await gone;
  }
}
