import { SchemaRegistry } from '../schemas/schema.registry.js';
import type {
  AsyncApiMessage,
  AsyncApiOperation,
  Reference,
  Tag,
} from '../types/async-api.types.js';

const CHANNEL: Reference = { $ref: '#/channels/sockets' };

/** What is said of an operation; the channel is always the one that there is. */
export interface DraftedOperation extends Pick<
  AsyncApiOperation,
  'action' | 'title' | 'summary' | 'description' | 'x-skip-auth' | 'x-deprecated'
> {
  readonly tags: readonly string[];
  /** Keys of messages. */
  readonly messages: readonly string[];
  readonly reply?: readonly string[];
}

/** A document while it is put together. */
export class DocumentDraft {
  readonly schemas = new SchemaRegistry();
  readonly messages = new Map<string, AsyncApiMessage>();
  readonly operations = new Map<string, AsyncApiOperation>();

  /** @returns the key */
  addMessage(
    key: string,
    message: Omit<AsyncApiMessage, 'contentType' | 'title'> & { readonly title?: string },
  ): string {
    this.messages.set(key, { title: key, ...message, contentType: 'application/json' });
    return key;
  }

  addOperation(key: string, { action, tags, messages, reply, ...rest }: DraftedOperation): void {
    this.operations.set(key, {
      action,
      channel: CHANNEL,
      ...rest,
      tags: tags.map((name): Tag => ({ name })),
      messages: messages.map(inChannel),
      ...(reply && { reply: { channel: CHANNEL, messages: reply.map(inChannel) } }),
    });
  }
}

function inChannel(key: string): Reference {
  return { $ref: `#/channels/sockets/messages/${key}` };
}
