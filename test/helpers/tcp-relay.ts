import { once } from 'node:events';
import { Transform } from 'node:stream';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be frozen, so that connections are half open. */
export interface TcpRelay {
  readonly port: number;
  /** Nothing passes any more, on the connections with these ports at the server's side or on all. */
  freeze(ports?: readonly number[]): void;
  /** Whatever passes from now on takes so many milliseconds, either way. */
  slowDown(milliseconds: number): void;
  /** Ends all connections there are. */
  cut(): void;
  stop(): Promise<void>;
}

/** @param target A port of this machine */
export async function startRelay(target: number): Promise<TcpRelay> {
  let latency = 0;
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    pairs.add({ near, far });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(late(() => latency)).pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const { near, far } of pairs) [near, far].forEach((socket) => socket.destroy());
    pairs.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    freeze(ports) {
      for (const { near, far } of pairs) {
        if (ports && !ports.includes(far.localPort!)) continue;
        near.unpipe().resume();
        far.unpipe().resume();
      }
    },
    slowDown: (milliseconds) => void (latency = milliseconds),
    cut,
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Holds what passes back for a while, in order. */
function late(latency: () => number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (latency() === 0) return done(null, chunk);
      setTimeout(() => done(null, chunk), latency()).unref();
    },
  });
}
