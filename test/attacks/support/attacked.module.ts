import { setTimeout as delay } from 'node:timers/promises';
import { Module, type DynamicModule } from '@nestjs/common';
import {
  SharedKeyAuthHandler,
  SocketHandler,
  SocketsModule,
  type ConnectedClient,
  type SocketsOptions,
} from '../../../src/index.js';

/** Everything that reached the handler `deliver`, so that a test can tell what should not have. */
const delivered: unknown[] = [];

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

@SocketHandler('deliver')
class DeliverHandler {
  server(data: unknown): void {
    delivered.push(data);
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

/** The application that the attacks are directed at. */
@Module({})
export class AttackedModule {
  static with(options: SocketsOptions): DynamicModule {
    return {
      module: AttackedModule,
      imports: [SocketsModule.forRoot(options)],
      providers: [SharedKeyAuthHandler, EchoHandler, WorkHandler, DeliverHandler, WhoAmIHandler],
    };
  }
}
