import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const HOST = '127.0.0.1';

interface Backend {
  readonly port: number;
  connections: number;
}

/**
 * Stands before the nodes, as any load balancer does: each new connection goes to the node with the
 * fewest. It knows nothing of what goes through it, and sends nobody back to where they were.
 */
export class LoadBalancer {
  private readonly server = createServer((socket) => this.take(socket));
  private readonly peers = new Set<Socket>();
  private backends: Backend[] = [];

  /** @returns the port at which it listens */
  async open(): Promise<number> {
    this.server.listen(0, HOST);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  add(port: number): void {
    this.backends.push({ port, connections: 0 });
  }

  remove(port: number): void {
    this.backends = this.backends.filter((backend) => backend.port !== port);
  }

  close(): void {
    this.server.close();
    for (const peer of this.peers) peer.destroy();
  }

  private take(peer: Socket): void {
    this.peers.add(peer.setNoDelay(true));
    peer.once('close', () => this.peers.delete(peer));
    // Whoever has an error is closed, which is all that there is to do about it.
    peer.on('error', () => undefined);
    this.forward(peer);
  }

  private forward(peer: Socket): void {
    const backend = this.next();
    if (!backend || peer.destroyed) return void peer.destroy();
    const link = connect({ port: backend.port, host: HOST, noDelay: true });
    backend.connections++;
    link.once('close', () => backend.connections--);
    const onDead = (): void => {
      this.remove(backend.port);
      this.forward(peer);
    };
    link.once('error', onDead).once('connect', () => {
      link.off('error', onDead).on('error', () => undefined);
      join(peer, link);
    });
  }

  /** Among equals they take turns. */
  private next(): Backend | undefined {
    const fewest = Math.min(...this.backends.map(({ connections }) => connections));
    const index = this.backends.findIndex(({ connections }) => connections === fewest);
    const [backend] = this.backends.splice(index, index === -1 ? 0 : 1);
    if (backend) this.backends.push(backend);
    return backend;
  }
}

/** What one says the other hears, until one of them is gone. */
function join(peer: Socket, link: Socket): void {
  peer.pipe(link).pipe(peer);
  // After what was said is through.
  peer.once('close', () => link.destroySoon());
  link.once('close', () => peer.destroySoon());
  if (peer.destroyed) link.destroy();
}
