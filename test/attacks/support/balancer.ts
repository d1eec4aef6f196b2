import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A load balancer without sticky sessions: each connection goes to some server that is there. */
export class Balancer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly pick: () => number | undefined,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** @param pick The port of a server of this machine; undefined while there is none */
  static async start(pick: () => number | undefined): Promise<Balancer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server, pick);
  }

  get address(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends those connections that are chosen: their clients come back to some other server. */
  cut(isChosen: () => boolean = () => true): void {
    for (const socket of this.sockets) if (isChosen()) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    near.on('error', () => undefined);
    const port = this.pick();
    if (port === undefined) return void near.destroy();
    const far = connect(port, '127.0.0.1').on('error', () => undefined);
    this.sockets.add(near);
    near.on('close', () => {
      this.sockets.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  }
}
