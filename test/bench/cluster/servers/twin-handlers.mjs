/** The handlers of one build, which is loaded with a copy of this file of its own. */
export function handlersFor({ Inject, SocketHandler, SocketServer }) {
  class EchoHandler {
    server(data) {
      return data;
    }
  }
  SocketHandler('echo')(EchoHandler);

  class CollectGarbageHandler {
    server(data) {
      globalThis.gc({ type: 'minor' });
      return data;
    }
  }
  SocketHandler('collectGarbage')(CollectGarbageHandler);

  class AnnounceHandler {
    constructor(sockets) {
      this.sockets = sockets;
    }

    server(data) {
      this.sockets.broadcast('announcement', data);
    }
  }
  SocketHandler('announce')(AnnounceHandler);
  Inject(SocketServer)(AnnounceHandler, undefined, 0);
  return [EchoHandler, CollectGarbageHandler, AnnounceHandler];
}
