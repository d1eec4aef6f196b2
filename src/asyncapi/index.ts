export { SocketsDocument } from './sockets-document.js';
export { SocketOperation, SocketResponse } from './decorators/socket-operation.decorator.js';
export { SocketPush } from './decorators/socket-push.decorator.js';
export type { DocumentedServer, SocketsDocumentConfig } from './document/document.config.js';
export type { SocketsDocumentSetupOptions } from './document.routes.js';
export type {
  Described,
  DocumentedError,
  SocketOperationOptions,
  SocketPushOptions,
} from './decorators/documentation.js';
export type { DescribedClass, SchemaSource, StandardSchema } from './types/schema-source.js';
export type {
  AsyncApiChannel,
  AsyncApiDocument,
  AsyncApiInfo,
  AsyncApiMessage,
  AsyncApiOperation,
  AsyncApiServer,
  JsonSchema,
  Reference,
  SecurityScheme,
  Tag,
} from './types/async-api.types.js';
