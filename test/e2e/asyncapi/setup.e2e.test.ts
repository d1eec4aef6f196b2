import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { parse } from 'yaml';
import { SocketsDocument, type AsyncApiDocument } from '../../../src/asyncapi/index.js';
import { SharedKeyAuthHandler, SocketsModule } from '../../../src/index.js';
import { AUTH_KEY } from '../../fixtures/auth-key.js';
import { useCleanUp } from '../../fixtures/clean-up.js';
import { DOCUMENTED } from './documented-app.js';

const ADAPTERS = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };

const cleanUp = useCleanUp();

/** Where an application listens that `configure` has set up. */
async function listen(
  configure: (app: INestApplication) => void,
  platform: keyof typeof ADAPTERS = 'Express',
): Promise<string> {
  const module = await Test.createTestingModule({
    imports: [SocketsModule.forRoot({ authKey: AUTH_KEY, port: 'http', path: '/sockets' })],
    providers: [SharedKeyAuthHandler, ...DOCUMENTED.providers],
  }).compile();
  const app = module.createNestApplication(ADAPTERS[platform](), { logger: false });
  configure(app);
  await app.listen(0, '127.0.0.1');
  cleanUp(() => app.close());
  return app.getUrl();
}

async function get(url: string): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const setUp = (app: INestApplication) =>
  SocketsDocument.setup('docs/sockets', app, SocketsDocument.create(app));

describe.each(['Express', 'Fastify'] as const)('SocketsDocument.setup() on %s', (platform) => {
  it('serves the document as JSON', async () => {
    const url = await listen(setUp, platform);
    const { status, headers, text } = await get(`${url}/docs/sockets-json`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const { asyncapi, operations } = JSON.parse(text) as AsyncApiDocument;
    expect(asyncapi).toBe('3.0.0');
    expect(Object.keys(operations)).toContain('receive.validateGame');
  });

  it('serves the same as YAML', async () => {
    const url = await listen(setUp, platform);
    const [json, yaml] = await Promise.all(
      ['json', 'yaml'].map((format) => get(`${url}/docs/sockets-${format}`)),
    );
    expect(yaml!.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(parse(yaml!.text)).toEqual(JSON.parse(json!.text));
  });

  it('serves a page that needs nothing else, and lets nothing else in', async () => {
    const url = await listen(setUp, platform);
    const { status, headers, text } = await get(`${url}/docs/sockets`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('validateGame');
    expect(text).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!data:)/);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    for (const [, element, content] of text.matchAll(/<(script|style)>(.*?)<\/\1>/gs)) {
      const hash = createHash('sha256').update(content!).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
  });

  it('puts the paths behind the global prefix only where that is asked for', async () => {
    const url = await listen((app) => {
      app.setGlobalPrefix('api/v1');
      setUp(app);
      const options = { useGlobalPrefix: true };
      SocketsDocument.setup('/docs/', app, SocketsDocument.create(app), options);
    }, platform);
    const paths = [
      '/docs/sockets',
      '/api/v1/docs',
      '/api/v1/docs-json',
      '/api/v1/docs-yaml',
      '/docs',
    ];
    const statuses = await Promise.all(paths.map(async (path) => (await get(url + path)).status));
    expect(statuses).toEqual([200, 200, 200, 200, 404]);
  });
});

describe('SocketsDocument.setup()', () => {
  it('makes a document that is given as a function once, when somebody asks', async () => {
    let count = 0;
    const url = await listen((app) => {
      SocketsDocument.setup('docs', app, () => {
        count++;
        return SocketsDocument.create(app);
      });
    });
    expect(count).toBe(0);
    await Promise.all(['', '-json', '-yaml', '-json'].map((end) => get(`${url}/docs${end}`)));
    const { servers } = JSON.parse((await get(`${url}/docs-json`)).text) as AsyncApiDocument;
    expect(servers.local?.host).toBe(`localhost:${new URL(url).port}`);
    expect(count).toBe(1);
  });

  it('takes other paths for JSON and YAML, which the page links to', async () => {
    const url = await listen((app) => {
      const options = { jsonDocumentUrl: 'api/sockets.json', yamlDocumentUrl: 'docs/sockets.yaml' };
      SocketsDocument.setup('docs/sockets', app, SocketsDocument.create(app), options);
    });
    const page = `${url}/docs/sockets`;
    const { text } = await get(page);
    const links = [...text.matchAll(/<a href="([^"#]+)">(?:JSON|YAML)/g)].map(([, link]) => link!);
    expect(links).toHaveLength(2);
    const found = await Promise.all(links.map((link) => get(new URL(link, page).href)));
    expect(found.map(({ status }) => status)).toEqual([200, 200]);
    expect(found.map(({ text }) => text.slice(0, 9))).toEqual(['{\n  "asyn', 'asyncapi:']);
  });

  it('escapes what descriptions hold', async () => {
    const url = await listen((app) => {
      const title = '</title><script>alert(1)</script>';
      SocketsDocument.setup('docs', app, SocketsDocument.create(app, { title }));
    });
    const { text } = await get(`${url}/docs`);
    expect(text).toContain('&lt;/title&gt;&lt;script&gt;alert(1)');
    expect(text).toContain('A piece was &lt;moved&gt;.');
    expect(text.match(/<script>/g)).toHaveLength(1);
  });
});

describe('SocketsDocument', () => {
  it('says so when it is set up too late, or its configuration has an unknown name', async () => {
    let application: INestApplication | undefined;
    await listen((app) => (application = app));
    const tooLate = () => SocketsDocument.setup('docs', application!, () => ({}) as never);
    expect(tooLate).toThrow(/after app\.listen\(\)/);
    const misspelt = { sserver: 'ws://127.0.0.1' };
    expect(() => SocketsDocument.create(application!, misspelt as object)).toThrow(
      /"sserver".*Known are: title, /,
    );
  });

  it('shows where clients connect without a slash that their address has not', async () => {
    const servers = { live: 'wss://hall.example.com/prefix' };
    const module = await Test.createTestingModule({
      imports: [SocketsModule.forRoot({ authKey: AUTH_KEY, port: 'http', path: '/' })],
      providers: [SharedKeyAuthHandler],
    }).compile();
    const app = module.createNestApplication(new ExpressAdapter(), { logger: false });
    SocketsDocument.setup('docs', app, SocketsDocument.create(app, { servers }));
    await app.listen(0, '127.0.0.1');
    cleanUp(() => app.close());
    const { text } = await get(`${await app.getUrl()}/docs`);
    expect(text).toContain('wss://hall.example.com/prefix<');
  });
});
