import type { SchemaSource } from '../types/schema-source.js';

/** Metadata: what a handler's class or method says about itself. */
export const SOCKET_OPERATION = 'nestjs-sockets:operation';

/** Metadata: the pushes that a class or method declares. */
export const SOCKET_PUSHES = 'nestjs-sockets:pushes';

/** An error that a handler answers with, beside those that every handler may. */
export interface DocumentedError {
  /** As in `new WsException({ code, message })`. */
  readonly code: string;
  /** When it comes, for people. */
  readonly description?: string;
}

/** What is said about a message, for people. */
export interface Described {
  /** One line. */
  readonly summary?: string;
  /** As long as it takes, in Markdown. */
  readonly description?: string;
  /** @default false */
  readonly deprecated?: boolean;
  /** Groups of the reader's; the kinds of operations are tags already. */
  readonly tags?: readonly string[];
}

/** Of `@SocketOperation()`. */
export interface SocketOperationOptions extends Described {
  /**
   * What the request carries.
   * @default the class of the parameter that gets it
   */
  readonly payload?: SchemaSource;
  /**
   * What the handler returns, or each value of its stream.
   * @default the class that the method declares to return; nothing is known of the type in a Promise
   */
  readonly response?: SchemaSource;
  /**
   * Whether it has many values.
   * @default true for a generator, and a method declared to return an Observable
   */
  readonly stream?: boolean;
  /** With which it may be answered, beside those of the framework. */
  readonly errors?: readonly DocumentedError[];
  /** Of the data, in place of one that is made from the schema. */
  readonly example?: unknown;
}

/** Of `@SocketPush()`. */
export interface SocketPushOptions extends Described {
  /**
   * What it carries.
   * @default anything
   */
  readonly payload?: SchemaSource;
  /** What a client answers, where the server asks with `request()`. */
  readonly response?: SchemaSource;
  /** Of the data, in place of one that is made from the schema. */
  readonly example?: unknown;
}

/** A push as it was declared. */
export interface DeclaredPush extends SocketPushOptions {
  readonly name: string;
}
