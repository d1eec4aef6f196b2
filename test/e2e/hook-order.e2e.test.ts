import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import type { OnSocketAuthenticated, OnSocketDisconnect } from '../../src/index.js';
import { authenticatedRaw, useApps } from '../fixtures/apps.js';
import { deferred, type Deferred } from '../fixtures/deferred.js';

@Injectable()
class SlowHooks implements OnSocketAuthenticated, OnSocketDisconnect {
  readonly seen: string[] = [];
  readonly mayEnd = deferred();
  readonly left = deferred();

  async onSocketAuthenticated(): Promise<void> {
    this.seen.push('comes');
    await this.mayEnd.promise;
    this.seen.push('is there');
  }

  onSocketDisconnect(): void {
    this.seen.push('is gone');
    this.left.resolve();
  }
}

@WebSocketGateway()
class SlowGateway implements OnGatewayConnection, OnGatewayDisconnect {
  readonly seen: string[] = [];
  readonly mayEnd = deferred();
  readonly left = deferred();

  async handleConnection(): Promise<void> {
    this.seen.push('comes');
    await this.mayEnd.promise;
    this.seen.push('is there');
  }

  handleDisconnect(): void {
    this.seen.push('is gone');
    this.left.resolve();
  }
}

const startApp = useApps();

interface Observed {
  readonly seen: string[];
  readonly mayEnd: Deferred<void>;
  readonly left: Deferred<void>;
}

describe('A client that leaves before the application has taken note that it came', () => {
  it.each<[string, new () => Observed]>([
    ['hooks', SlowHooks],
    ['gateways', SlowGateway],
  ])('is gone for %s only when it has been there', async (_who, type) => {
    const app = await startApp({ providers: [type] });
    const observed = app.app.get<Observed>(type);
    const gone = firstValueFrom(app.server.disconnected$);
    const peer = await authenticatedRaw(app);
    await peer.close();
    await gone;
    expect(observed.seen).toEqual(['comes']);

    observed.mayEnd.resolve();
    await observed.left.promise;
    expect(observed.seen).toEqual(['comes', 'is there', 'is gone']);
  });
});
