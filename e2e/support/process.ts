// Processes that tests start: awaited by a line of their output, and always stopped.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A folder of its own for a program to work in: what it saves there is no other's, and goes with it. */
function workplace(): { cwd: string; leave: () => void } {
  const cwd = mkdtempSync(join(tmpdir(), "hailstream-e2e-"));
  // A child of its own may still write.
  return { cwd, leave: () => rmSync(cwd, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A running program, and what its first expected line said. */
export class Program {
  private constructor(
    readonly child: ChildProcess,
    readonly said: string,
    readonly messages: string[],
  ) {}

  /** Starts a program and waits for a line of its output that starts with `mark`. */
  static start(command: string, args: string[], mark: string, withinMs = 90_000): Promise<Program> {
    const { cwd, leave } = workplace();
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], cwd });
    child.once("close", leave);
    const messages: string[] = [];
    child.stderr!.on("data", (chunk) => messages.push(String(chunk)));
    const words = () => `${command} ${args.join(" ")}\n${messages.join("").slice(-4000)}`;
    return new Promise((resolve, reject) => {
      const give_up = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`no "${mark}" within ${withinMs} ms from ${words()}`));
      }, withinMs);
      child.on("exit", (code) => reject(new Error(`ended with ${code} before "${mark}": ${words()}`)));
      createInterface({ input: child.stdout! }).on("line", (line) => {
        if (!line.startsWith(mark)) return;
        clearTimeout(give_up);
        resolve(new Program(child, line.slice(mark.length).trim(), messages));
      });
    });
  }

  /** Starts a program that says nothing when it is ready. */
  static launch(command: string, args: string[]): Program {
    const { cwd, leave } = workplace();
    const child = spawn(command, args, { stdio: "ignore", cwd });
    child.once("close", leave);
    return new Program(child, "", []);
  }

  /** Ends the program as a person would, or at once; resolves when it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    this.child.kill(signal);
    const force = setTimeout(() => this.child.kill("SIGKILL"), 15_000);
    await gone;
    clearTimeout(force);
  }
}

/** A real Apache Kafka in a folder of its own. */
export class Kafka {
  private constructor(
    readonly folder: string,
    readonly bootstrap: string,
  ) {}

  static async start(folder = join(mkdtempSync(join(tmpdir(), "hailstream-e2e-")), "kafka")): Promise<Kafka> {
    const { stdout } = await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["start", "--dir", folder]);
    return new Kafka(folder, stdout.trim().replace(/^bootstrap /, ""));
  }

  async topic(name: string, partitions: number): Promise<void> {
    await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["topic", name, String(partitions), "--dir", this.folder]);
  }

  async pause(): Promise<void> {
    await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["stop", "--keep", "--dir", this.folder]);
  }

  /** The values of all records of a topic that nobody writes to any more, in the order of their partitions. */
  async read(topic: string): Promise<string[]> {
    const tool = async (...args: string[]) => {
      const options = { maxBuffer: 1 << 30 };
      return (await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["tool", ...args, "--topic", topic, "--dir", this.folder], options)).stdout;
    };
    const ends = (await tool("org.apache.kafka.tools.GetOffsetShell")).trim().split("\n");
    const count = ends.reduce((total, line) => total + Number(line.split(":")[2]), 0);
    if (count === 0) return [];
    const limits = ["--from-beginning", "--max-messages", String(count), "--timeout-ms", "20000"];
    const values = (await tool("org.apache.kafka.tools.consumer.ConsoleConsumer", ...limits)).split("\n").filter(Boolean);
    if (values.length !== count) throw new Error(`${topic} gave ${values.length} of ${count} records`);
    return values;
  }

  /** Ends it at once; data and port stay. */
  async kill(): Promise<void> {
    await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["kill", "--dir", this.folder]);
  }

  async resume(): Promise<void> {
    await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["start", "--dir", this.folder]);
  }

  async stop(): Promise<void> {
    await run(process.env.HAILSTREAM_TEST_KAFKA_SCRIPT!, ["stop", "--dir", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The program under test. */
export const hailstream = (...args: string[]) => ({
  until: (mark: string, withinMs?: number) => Program.start(process.env.HAILSTREAM_BIN!, args, mark, withinMs),
  start: () => Program.launch(process.env.HAILSTREAM_BIN!, args),
  run: () => run(process.env.HAILSTREAM_BIN!, args, { maxBuffer: 64 << 20 }),
});
