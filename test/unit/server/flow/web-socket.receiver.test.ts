import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { assertReceivers } from '../../../../src/server/flow/web-socket.receiver.js';

/** A server of another ws, whose WebSockets have another receiver. */
function serverWith(receiver: unknown): Pick<WebSocketServer, 'handleUpgrade'> {
  return {
    handleUpgrade: (request, _socket, _head, callback) =>
      callback({ _receiver: receiver, terminate: () => undefined } as unknown as never, request),
  };
}

describe('The receivers of ws', () => {
  it('are those of the version that is installed', () => {
    expect(() => assertReceivers(new WebSocketServer({ noServer: true }))).not.toThrow();
  });

  it.each<[string, unknown]>([
    ['have no limit of the size', { _maxBufferedChunks: 1, _fragments: [] }],
    ['have no limit of the parts', { _maxPayload: 1, _fragments: [] }],
    ['keep fragments elsewhere', { _maxPayload: 1, _maxBufferedChunks: 1 }],
    ['are kept elsewhere', undefined],
  ])('stop the startup when they %s, with the versions that will do', (_how, receiver) => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: { ws: string };
    };
    const start = () => assertReceivers(serverWith(receiver));
    expect(start).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_VERSION' }));
    expect(start).toThrow(manifest.dependencies.ws);
  });
});
