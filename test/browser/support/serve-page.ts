import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { bundle } from './bundle.js';

const HTML = '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>';

/** Serves test/browser/page on a free port of 127.0.0.1. */
export async function servePage(): Promise<Server> {
  const { files } = await bundle('test/browser/page/page.ts');
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url);
    if (file) response.setHeader('content-type', 'text/javascript').end(file);
    else if (url === '/') response.setHeader('content-type', 'text/html').end(HTML);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
