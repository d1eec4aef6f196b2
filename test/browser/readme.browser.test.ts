import type { Type } from '@nestjs/common';
import { it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { generateKeyPair, privateBytesOf } from '../../src/envelope/x25519.js';
import { MessageQueue } from '../helpers/message-queue.js';
import { readDocument } from '../readme/documents.js';
import { ROOT } from '../readme/markdown.js';
import { useReadmeSamples } from '../readme/use-readme-samples.js';
import { bundleWith, type Bundle } from './support/bundle.js';
import { describeInChromium } from './support/describe-in-chromium.js';
import { usePages } from './support/pages.js';

const keys = generateKeyPair();

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

describeInChromium('The samples for pages in BROWSER.md', () => {
  const bench = useReadmeSamples();
  const openPage = usePages();

  /** The server that the document shows, which believes in the token that the page fetches. */
  async function startSample() {
    bench.setEnvironment({ SOCKET_SERVER_KEY: privateBytesOf(keys).toString('base64url') });
    const { PageModule } = await bench.samples.load<{ PageModule: Type }>('page.module.ts', {
      'of-a-page-that-was-served': 'fetched',
      "['https://app.example.com']": "'*'",
    });
    return bench.startModule(Test.createTestingModule({ imports: [PageModule] }));
  }

  it('fetch a token, connect, and tell news', async () => {
    const { server, port } = await startSample();
    server.authenticated$.subscribe((client) => {
      client.send({ request: 'news', data: { title: 'You are in' } });
    });
    const { browserPage } = await openPage();
    const lines = new MessageQueue<string>();
    browserPage.on('console', (message) => lines.push(message.text()));
    await browserPage.route('**/token', (route) => route.fulfill({ body: 'fetched' }));
    const files = await sampleFor(`ws://127.0.0.1:${port}`);
    await browserPage.route('**/sample/*', (route) => {
      const body = Buffer.from(files.get(new URL(route.request().url()).pathname)!);
      return route.fulfill({ body, contentType: 'text/javascript' });
    });
    await browserPage.addScriptTag({ type: 'module', url: '/sample/stdin.js' });
    await lines.nextMatching((line) => line === 'You are in', 'the push');
    await lines.nextMatching((line) => line === 'somebody', 'the reply');
  });
});
