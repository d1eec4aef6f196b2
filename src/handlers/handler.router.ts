import { Injectable, Logger } from '@nestjs/common';
import { findByName } from '../protocol/kebab-case.js';
import { AUTH, isFrameworkName, isRequestName } from '../protocol/message-name.js';
import { SocketsError } from '../protocol/sockets.errors.js';
import { assertEnhancersWork } from './handler.enhancers.js';
import { HandlerInvoker, type Invoke } from './handler.invoker.js';
import { MovingAverage } from './moving-average.js';
import { HandlersExplorer, type FoundHandler } from './handlers.explorer.js';

/** A handler as messages find it. */
export interface Handler {
  readonly name: string;
  /** Class and method, for logs. */
  readonly label: string;
  readonly kind: FoundHandler['kind'];
  readonly skipAuth: boolean;
  readonly invoke: Invoke;
  /** Characters. Tells before a reply is made that it will be a large one. */
  readonly replySize: MovingAverage;
}

/** From the name of a request to its handler. */
@Injectable()
export class HandlerRouter {
  private readonly logger = new Logger('SocketsRouter');
  private handlers: ReadonlyMap<string, Handler> = new Map();

  constructor(
    private readonly explorer: HandlersExplorer,
    private readonly invoker: HandlerInvoker,
  ) {}

  find(name: string): Handler | undefined {
    return findByName(this.handlers, name);
  }

  /**
   * Finds the application's handlers and makes them ready.
   * @throws SocketsError when a handler cannot work: that stops the startup
   */
  async bind(): Promise<void> {
    const found = this.explorer.explore();
    found.forEach(assertUsable);
    const onServer = found.filter(hasServerMethod);
    assertUniqueNames(onServer);
    assertAuthHandler(onServer);
    onServer.forEach(assertEnhancersWork);
    const handlers = await Promise.all(onServer.map((found) => this.toHandler(found)));
    this.handlers = new Map(handlers.map((handler) => [handler.name, handler]));
    for (const { name, label } of this.handlers.values()) {
      this.logger.log(`Mapped {${name}} to ${label}`);
    }
  }

  private async toHandler(found: FoundHandler): Promise<Handler> {
    const { name, kind, skipAuth } = found;
    const [label, invoke] = [labelOf(found), await this.invoker.create(found)];
    return { name, label, kind, skipAuth, invoke, replySize: new MovingAverage() };
  }
}

function labelOf({ type, methodName, kind }: FoundHandler): string {
  return kind === 'class' ? type.name : `${type.name}.${methodName}()`;
}

function hasMethod({ type }: FoundHandler, name: string): boolean {
  return typeof (type.prototype as Record<string, unknown>)[name] === 'function';
}

function hasServerMethod(found: FoundHandler): boolean {
  return hasMethod(found, found.methodName);
}

/** @throws SocketsError for a name that cannot be requested, or a class that does nothing */
export function assertUsable(found: FoundHandler): void {
  const { name } = found;
  if (isFrameworkName(name)) {
    throw new SocketsError(
      'RESERVED_HANDLER_NAME',
      `${labelOf(found)} handles "${name}", which the framework answers itself. Give the handler another name.`,
    );
  }
  if (!isRequestName(name)) {
    throw new SocketsError(
      'INVALID_HANDLER_NAME',
      `${labelOf(found)} handles ${JSON.stringify(name)}, which no peer can request. A name starts with a letter, followed by up to 63 letters, digits, "_", "." or "-": @SocketHandler('validateGame').`,
    );
  }
  if (!hasServerMethod(found) && !hasMethod(found, 'client')) {
    throw new SocketsError(
      'EMPTY_HANDLER',
      `${labelOf(found)} is a @SocketHandler() but has neither a server() nor a client() method. Add server(data, client) to handle "${name}" on the server, client(response, socket) to receive it on the client, or both.`,
    );
  }
}

function assertUniqueNames(handlers: FoundHandler[]): void {
  const byName = new Map<string, FoundHandler>();
  for (const handler of handlers) {
    const other = byName.get(handler.name);
    if (other) throw duplicate(handler, other);
    byName.set(handler.name, handler);
  }
}

function duplicate(handler: FoundHandler, other: FoundHandler): SocketsError {
  const { name } = handler;
  const modules = [other, handler].map(({ wrapper }) => wrapper.host?.name ?? 'an unknown module');
  const sameClass = handler.type === other.type && handler.methodName === other.methodName;
  return new SocketsError(
    'DUPLICATE_HANDLER',
    sameClass
      ? `${labelOf(handler)} ("${name}") is provided by ${modules.join(' and by ')}, so there are two instances of it. Provide it in one module, export it there, and import that module in the other.`
      : `${labelOf(other)} in ${modules[0]} and ${labelOf(handler)} in ${modules[1]} both handle "${name}". Rename one of them: @SocketHandler('anotherName').`,
  );
}

function assertAuthHandler(handlers: FoundHandler[]): void {
  const auth = handlers.find(({ name }) => name === AUTH);
  if (auth?.skipAuth) return;
  const problem = auth
    ? `${labelOf(auth)} handles "auth" but is not open to clients that have not authenticated, so nobody could. Add @SkipAuth() to it:`
    : 'No handler named "auth" with a server() method was found, so no client could authenticate. Add SharedKeyAuthHandler (from nestjs-sockets) to the providers of a module, or write your own:';
  throw new SocketsError('MISSING_AUTH_HANDLER', `${problem}\n${AUTH_HANDLER_EXAMPLE}`);
}

const AUTH_HANDLER_EXAMPLE = `
  @SkipAuth()
  @SocketHandler('auth')
  export class AuthHandler {
    constructor(private readonly keys: KeyService) {}

    server(data: { authKey: string }, client: ConnectedClient) {
      if (!this.keys.matches(data.authKey)) return client.close();
      return 'success';
    }
  }

and list it in the providers of a module.`;
