import { Injectable } from '@nestjs/common';
import { it } from '@jest/globals';
import { SkipAuth, SocketHandler, type ConnectedClient } from '../../src/index.js';
import { generateKeyPair, privateBytesOf } from '../../src/envelope/x25519.js';
import { useApps } from '../fixtures/apps.js';
import { MessageQueue } from '../helpers/message-queue.js';
import { readDocument } from '../readme/documents.js';
import { ROOT } from '../readme/markdown.js';
import { bundleWith, type Bundle } from './support/bundle.js';
import { describeInChromium } from './support/describe-in-chromium.js';
import { usePages } from './support/pages.js';

const keys = generateKeyPair();

/** Lets in who has the token that the page fetches, and pushes news. */
@Injectable()
@SkipAuth()
@SocketHandler('auth')
class TokenAuthHandler {
  server({ token }: { token: string }): boolean {
    return token === 'fetched';
  }
}

@Injectable()
@SocketHandler('whoAmI')
class WhoAmIHandler {
  server(_data: unknown, client: ConnectedClient): string {
    client.send({ request: 'news', data: { title: 'You asked' } });
    return `client ${client.id}`;
  }
}

/** The sample, with another server and its key, as a bundler makes scripts of it, by their paths. */
async function sampleFor(address: string): Promise<Bundle['files']> {
  const { code } = readDocument('src/client/browser/BROWSER.md')
    .codeBlocks()
    .find(({ file }) => file === 'page.js')!;
  const contents = code
    .replace(/'ws:[^']*'/, `'${address}'`)
    .replace(
      /serverPublicKey: '[^']*'/,
      `serverPublicKey: '${keys.publicKey.toString('base64url')}'`,
    );
  const { files } = await bundleWith({
    stdin: { contents, resolveDir: ROOT },
    alias: { 'nestjs-sockets/client': `${ROOT}src/client/browser/index.ts` },
    outdir: '/sample',
  });
  return files;
}

describeInChromium('The sample for pages in BROWSER.md', () => {
  const startApp = useApps();
  const openPage = usePages();

  it('fetches a token, connects, and is told news', async () => {
    const app = await startApp({
      auth: TokenAuthHandler,
      providers: [WhoAmIHandler],
      options: { serverKey: privateBytesOf(keys).toString('base64url'), allowedOrigins: '*' },
    });
    const { browserPage } = await openPage();
    const lines = new MessageQueue<string>();
    browserPage.on('console', (message) => lines.push(message.text()));
    await browserPage.route('**/token', (route) => route.fulfill({ body: 'fetched' }));
    const files = await sampleFor(`ws://127.0.0.1:${app.port}`);
    await browserPage.route('**/sample/*', (route) => {
      const body = Buffer.from(files.get(new URL(route.request().url()).pathname)!);
      return route.fulfill({ body, contentType: 'text/javascript' });
    });
    await browserPage.addScriptTag({ type: 'module', url: '/sample/stdin.js' });
    await lines.nextMatching((line) => line === 'You asked', 'the push');
    await lines.nextMatching((line) => /^client \d+$/.test(line), 'the reply');
  });
});
