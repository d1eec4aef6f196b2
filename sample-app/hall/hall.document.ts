import type { INestApplication } from '@nestjs/common';
import { SocketsDocument, type AsyncApiDocument } from '../../src/asyncapi/index.js';

export const DOCUMENT_PATH = '/docs/sockets';

/** All that the hall and its clients say to each other, in AsyncAPI. */
export function describeHall(app: INestApplication): AsyncApiDocument {
  return SocketsDocument.create(app, {
    title: 'The game hall',
    description: 'Workers have chess games judged, and pages watch them.',
  });
}

/** Serves it beside the page. Call it before the application listens. */
export function serveDocument(app: INestApplication): void {
  SocketsDocument.setup(DOCUMENT_PATH, app, () => describeHall(app));
}
