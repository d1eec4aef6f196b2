import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Module, type DynamicModule } from '@nestjs/common';
import {
  SharedKeyAuthHandler,
  SkipAuth,
  SocketHandler,
  SOCKETS_OPTIONS,
  SocketsModule,
  type ConnectedClient,
  type ResolvedSocketsOptions,
  type SocketsOptions,
} from '../../../src/index.js';

const CONFIRMED_AFTER = 10;

/** Everything that reached `deliver` and `confirm`, so that a test can tell what should not have. */
const delivered: unknown[] = [];
/** What the requests for `hold` brought. */
const held: unknown[] = [];
const holding = new EventEmitter<{ one: [] }>();

/** SharedKeyAuthHandler, which takes its time for peers that name one in `authDelay`. */
@SkipAuth()
@SocketHandler('auth')
class AttackedAuthHandler {
  private readonly keys: SharedKeyAuthHandler;

  constructor(@Inject(SOCKETS_OPTIONS) options: ResolvedSocketsOptions) {
    this.keys = new SharedKeyAuthHandler(options);
  }

  server(data: { authDelay?: number } | undefined, client: ConnectedClient): unknown {
    const decide = () => this.keys.server(data, client);
    return data?.authDelay === undefined ? decide() : delay(data.authDelay).then(decide);
  }
}

@SocketHandler('echo')
class EchoHandler {
  server(data: unknown): unknown {
    return data;
  }
}

/** Answers a moment later, as a handler that asks a database does. */
@SocketHandler('work')
class WorkHandler {
  async server(milliseconds: number): Promise<string> {
    await delay(milliseconds);
    return 'done';
  }
}

/** Answers far more than it was asked. */
@SocketHandler('big')
class BigHandler {
  server(bytes: number): string {
    return 'x'.repeat(bytes);
  }
}

@SocketHandler('deliver')
class DeliverHandler {
  server(data: unknown): void {
    delivered.push(data);
  }
}

/** Notes what it got, and says it again a moment later. */
@SocketHandler('confirm')
class ConfirmHandler {
  async server(data: unknown): Promise<unknown> {
    delivered.push(data);
    await delay(CONFIRMED_AFTER);
    return data;
  }
}

/** Pushes what would be a request for `deliver`, if it came from a client. */
@SocketHandler('pushBack')
class PushBackHandler {
  server(data: unknown, client: ConnectedClient): void {
    client.send({ request: 'deliver', data });
  }
}

/** Counts what each client sent to it, as long as nothing is missing and all is in order. */
class TallyHandlers {
  private readonly counts = new WeakMap<ConnectedClient, number>();

  @SocketHandler('tally')
  tally([number]: [number, string], client: ConnectedClient): void {
    const count = this.tallied(null, client);
    if (number === count + 1) this.counts.set(client, number);
  }

  @SocketHandler('tallied')
  tallied(_data: unknown, client: ConnectedClient): number {
    return this.counts.get(client) ?? 0;
  }
}

/** Keeps its data, and never answers. */
@SocketHandler('hold')
class HoldHandler {
  server(data: unknown): Promise<never> {
    held.push(data);
    holding.emit('one');
    return new Promise<never>(() => undefined);
  }
}

/** Tells the client who it is to the server. */
@SocketHandler('whoAmI')
class WhoAmIHandler {
  server(_data: unknown, client: ConnectedClient): number {
    return client.id;
  }
}

/** What was delivered since the last call. */
export function takeDelivered(): unknown[] {
  return delivered.splice(0);
}

export function countHeld(): number {
  return held.length;
}

/** Resolves when so many requests for `hold` are there. */
export async function untilHeld(count: number): Promise<void> {
  while (held.length < count) await once(holding, 'one');
}

/** The application that the attacks are directed at. */
@Module({})
export class AttackedModule {
  static with(options: SocketsOptions): DynamicModule {
    return {
      module: AttackedModule,
      imports: [SocketsModule.forRoot(options)],
      providers: [
        AttackedAuthHandler,
        EchoHandler,
        WorkHandler,
        BigHandler,
        DeliverHandler,
        ConfirmHandler,
        PushBackHandler,
        HoldHandler,
        TallyHandlers,
        WhoAmIHandler,
      ],
    };
  }
}
