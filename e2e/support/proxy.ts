// A network between the page and the server that a test can spoil: cut, slow down, mend. Bytes are never changed or lost,
// as TCP does not either: while it is cut they wait.

import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

export interface Weather {
  /** One way, ms. */
  delayMs: number;
  /** Towards the page, bits a second. */
  bitsPerSecond: number;
}

const CLEAR: Weather = { delayMs: 0, bitsPerSecond: Infinity };
/** What a slow way holds before it takes no more, as a modem's buffer does. */
const HELD_BYTES = 16 * 1024;

export class Network {
  readonly url: string;
  private readonly pairs = new Set<[Socket, Socket]>();
  private weather = CLEAR;
  private isCut = false;
  private busyUntilMs = 0;

  private constructor(
    private readonly server: Server,
    readonly upstream: { host: string; port: number },
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** A network to the server at `url`. */
  static async to(url: string): Promise<Network> {
    const { hostname, port } = new URL(url);
    let network: Network | undefined;
    const server = createServer((client) => network!.join(client));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    network = new Network(server, { host: hostname, port: Number(port) });
    return network;
  }

  /** From now on nothing passes, and nobody is told. */
  cut(): void {
    this.isCut = true;
    for (const pair of this.pairs) pair.forEach((socket) => socket.pause());
  }

  /** Everything passes again. */
  mend(): void {
    this.isCut = false;
    this.weather = CLEAR;
    for (const pair of this.pairs) pair.forEach((socket) => socket.resume());
  }

  /** Ends all connections at once. */
  drop(): void {
    for (const pair of this.pairs) pair.forEach((socket) => socket.destroy());
  }

  slow(weather: Weather): void {
    this.weather = weather;
  }

  async stop(): Promise<void> {
    this.drop();
    this.server.close();
    await once(this.server, "close");
  }

  private join(client: Socket): void {
    const server = connect(this.upstream);
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    this.pass(client, server, false);
    this.pass(server, client, true);
    if (this.isCut) pair.forEach((socket) => socket.pause());
  }

  private pass(from: Socket, to: Socket, isDown: boolean): void {
    let held = 0;
    from.on("data", (bytes) => {
      const { delayMs, bitsPerSecond } = this.weather;
      if (delayMs === 0 && bitsPerSecond === Infinity && held === 0) {
        to.write(bytes);
        return;
      }
      const now = performance.now();
      let at = now;
      if (isDown) {
        this.busyUntilMs = Math.max(this.busyUntilMs, now) + (bytes.length * 8_000) / bitsPerSecond;
        at = this.busyUntilMs;
      }
      held += bytes.length;
      if (held > HELD_BYTES) from.pause();
      // What leaves the narrow part makes room; then it is under way for a while.
      setTimeout(() => {
        held -= bytes.length;
        if (held <= HELD_BYTES && !this.isCut) from.resume();
      }, at - now);
      setTimeout(() => to.write(bytes), at - now + delayMs);
    });
  }
}
