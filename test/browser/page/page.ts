import {
  deviceIdentity,
  SocketClient,
  type SocketClientOptions,
  type SocketsError,
} from '../../../src/client/browser/index.js';

/** What became of a promise, in a form that leaves the page. */
interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

const uncaught: string[] = [];
addEventListener('error', ({ message }) => uncaught.push(message));
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)));

let client: SocketClient;
const events: unknown[][] = [];
const pushes: unknown[] = [];

/** What the tests have the page do. There is one client at a time. */
const page = {
  uncaught,
  events,
  pushes,

  async connect({ device, ...options }: SocketClientOptions & { device?: boolean | 'P-256' }) {
    return outcomeOf(async () => {
      const identity =
        device === 'P-256' ? await otherCurve() : device && (await deviceIdentity()).keyPair;
      client = new SocketClient({ ...options, ...(identity && { identity }) });
      for (const event of [
        'disconnect',
        'reconnecting',
        'reconnected',
        'reconnectFailed',
      ] as const) {
        client.events.on(event, (...args: unknown[]) => void events.push([event, ...args]));
      }
      client.on('news', (payload) => pushes.push(payload));
      client.on('status', (payload) => ({ asked: payload, by: 'the page' }));
      await client.connect();
      return client.state;
    });
  },

  request: (name: string, data?: unknown, options = {}) =>
    outcomeOf(() => client.request(name, data, options)),

  send: (request: string, data?: unknown) => client.send({ request, data }),

  /** Resolves with how many requests got what they sent, and the milliseconds that it took. */
  async requests(count: number, inFlight: number) {
    const startedAt = performance.now();
    let sent = 0;
    let right = 0;
    const lane = async () => {
      while (sent < count) {
        const data = `${sent++} ${'x'.repeat(56)}`;
        if ((await client.request('echo', data)) === data) right++;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return { right, milliseconds: performance.now() - startedAt };
  },

  async take(name: string, data: unknown, count: number) {
    return outcomeOf(async () => {
      const values: unknown[] = [];
      for await (const value of client.stream(name, data)) {
        values.push(value);
        if (values.length === count) break;
      }
      return values;
    });
  },

  /** Sends bytes, and compares what comes back. */
  async echoBytes(length: number) {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 256);
    const back = (await client.request('echo', bytes)) as Uint8Array;
    return back instanceof Uint8Array && back.every((byte, index) => byte === bytes[index])
      ? back.length
      : -1;
  },

  async device() {
    const { keyPair, publicKey } = await deviceIdentity();
    const isKept = await crypto.subtle.exportKey('pkcs8', keyPair.privateKey).then(
      () => false,
      () => true,
    );
    return { publicKey, isKept };
  },

  state: () => client.state,
  close: () => client.close(),
  reconnect: () => outcomeOf(() => client.reconnect()),
};

function otherCurve(): Promise<CryptoKeyPair> {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  return crypto.subtle.generateKey(algorithm, false, ['deriveBits']);
}

async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await run() };
  } catch (error) {
    const { code, message } = error as SocketsError;
    return { code: String(code), message };
  }
}

export type Page = typeof page;
Object.assign(globalThis, { page });
