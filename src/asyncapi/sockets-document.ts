import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import type { AsyncApiDocument } from './types/async-api.types.js';
import { createDocument } from './document/create-document.js';
import type { SocketsDocumentConfig } from './document/document.config.js';
import { serveDocument, type SocketsDocumentSetupOptions } from './document.routes.js';
import { toYaml } from './yaml.writer.js';

/**
 * Describes the sockets of an application in AsyncAPI 3.0, as `SwaggerModule` of @nestjs/swagger describes
 * its controllers in OpenAPI.
 *
 * ```ts
 * const document = SocketsDocument.create(app, { title: 'The game hall', version: '1.0.0' });
 * SocketsDocument.setup('docs/sockets', app, document);
 * await app.listen(3000);
 * ```
 */
export class SocketsDocument {
  /**
   * From the handlers, their DTOs and decorators, and the options in force. It holds no key.
   * @throws SocketsError when the application has no SocketsModule, a handler that cannot work, or the
   * configuration has an unknown name, or a server that is none
   */
  static create(
    app: INestApplicationContext,
    config: SocketsDocumentConfig = {},
  ): AsyncApiDocument {
    return createDocument(app, config);
  }

  /** The document as YAML 1.2, for a file. */
  static toYaml(document: AsyncApiDocument): string {
    return toYaml(document);
  }

  /**
   * Serves the document by the HTTP server of the application, Express or Fastify: a page to read at
   * `path`, which needs nothing else, JSON at `<path>-json` and YAML at `<path>-yaml`. Call it before
   * `app.listen()`. No guard of the application stands before it: where not everybody may know what there
   * is, do not call it.
   * @throws SocketsError where the application listens already
   * @param path Without the application's global prefix, unless `useGlobalPrefix` is set
   * @param document Or a function that makes it, called once, at the first request
   */
  static setup(
    path: string,
    app: INestApplication,
    document: AsyncApiDocument | (() => AsyncApiDocument),
    options: SocketsDocumentSetupOptions = {},
  ): void {
    serveDocument(path, app, document, options);
  }
}
