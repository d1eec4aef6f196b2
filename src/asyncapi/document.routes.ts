import type { INestApplication } from '@nestjs/common';
import { globalPrefixOf } from '../handlers/nest.internals.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import type { AsyncApiDocument } from './types/async-api.types.js';
import { renderPage } from './viewer/page.js';
import { toYaml } from './yaml.writer.js';

/** Of `SocketsDocument.setup()`. Each may be left out. */
export interface SocketsDocumentSetupOptions {
  /** @default `<path>-json` */
  readonly jsonDocumentUrl?: string;
  /** @default `<path>-yaml` */
  readonly yamlDocumentUrl?: string;
  /**
   * Whether `app.setGlobalPrefix()` counts for the paths.
   * @default false
   */
  readonly useGlobalPrefix?: boolean;
}

/** A text to serve, and the headers that it takes. */
interface Page {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of a platform, as far as it is told apart by Nest's adapter alone. */
interface Adapter {
  get(path: string, handler: (request: unknown, response: unknown) => void): unknown;
  setHeader(response: unknown, name: string, value: string): void;
  reply(response: unknown, body: string, status: number): unknown;
}

type Source = AsyncApiDocument | (() => AsyncApiDocument);

/** Registers the three routes. */
export function serveDocument(
  path: string,
  app: INestApplication,
  source: Source,
  options: SocketsDocumentSetupOptions,
): void {
  assertNotListening(app);
  const prefix = options.useGlobalPrefix ? globalPrefixOf(app) : '';
  const at = (route: string) => normalized(`${prefix}/${route}`);
  const [page, json, yaml] = [
    at(path),
    at(options.jsonDocumentUrl ?? `${normalized(path)}-json`),
    at(options.yamlDocumentUrl ?? `${normalized(path)}-yaml`),
  ] as const;
  const document = once(() => (typeof source === 'function' ? source() : source));
  const links = { json: relative(page, json), yaml: relative(page, yaml) };
  serve(app, page, () => renderPage(document(), links));
  serve(app, json, () => text(JSON.stringify(document(), undefined, 2), 'application/json'));
  serve(app, yaml, () => text(toYaml(document()), 'application/yaml'));
}

/** A route that came later would never be asked, and whoever wants the document would be told 404. */
function assertNotListening(app: INestApplication): void {
  const { listening } = app.getHttpServer() as { listening?: boolean };
  if (!listening) return;
  throw new SocketsError(
    'INVALID_OPTION',
    'SocketsDocument.setup() was called after app.listen(), when the application takes no more routes. Call it before. A function in place of the document makes it later: () => SocketsDocument.create(app).',
  );
}

function serve(app: INestApplication, path: string, make: () => Page): void {
  const adapter = app.getHttpAdapter() as unknown as Adapter;
  const page = once(make);
  adapter.get(path, (_request, response) => {
    const { body, headers } = page();
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    adapter.reply(response, body, 200);
  });
}

function text(body: string, type: string): Page {
  return { body, headers: { 'content-type': `${type}; charset=utf-8` } };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function normalized(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

/** Where a page finds another path, whatever a proxy has put before both. */
function relative(from: string, to: string): string {
  const folders = from.split('/').slice(1, -1);
  return `./${'../'.repeat(folders.length)}${to.slice(1)}`;
}
