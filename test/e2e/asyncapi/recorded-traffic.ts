import { Ajv, type ValidateFunction } from 'ajv';
import type { AsyncApiDocument, JsonSchema } from '../../../src/asyncapi/index.js';
import type { PassingFrame } from '../../../src/testing/index.js';

type Message = Readonly<Record<string, unknown>> & { readonly request: string };

// Whatever of a message is the application's.
const CONTENTS = ['data', 'response', 'item'];
// By the field that only such a message has.
const KINDS = { credit: 'credit', response: 'reply', item: 'item', done: 'done', error: 'error' };

/** What a document has against the messages that really travel, in clear text, through a `FaultProxy`. */
export class RecordedTraffic {
  readonly complaints = new Set<string>();
  /** The keys of the messages that were seen. */
  readonly seen = new Set<string>();
  private readonly checks = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv({ strict: false, validateFormats: false });

  constructor(private readonly document: AsyncApiDocument) {}

  /** Of what the server sends. */
  record({ data, direction }: PassingFrame): void {
    if (direction === 'toServer') return;
    const message = JSON.parse(data.toString('utf8')) as Message;
    const key = this.keyOf(message);
    this.seen.add(key);
    for (const complaint of this.complaintsAbout(key, message)) {
      this.complaints.add(`${key}: ${complaint}`);
    }
  }

  /** What the document declares that was not sent, but for what the framework says when it has to. */
  missing(): string[] {
    const operations = Object.values(this.document.operations);
    const own = operations.filter(({ tags }) => tags.every(({ name }) => name !== 'framework'));
    const sent = own.flatMap(({ action, messages, reply }) =>
      action === 'send' ? messages : (reply?.messages ?? []),
    );
    const keys = new Set(sent.map(({ $ref }) => $ref.slice($ref.lastIndexOf('/') + 1)));
    return [...keys].filter((key) => !this.seen.has(key)).toSorted();
  }

  private keyOf(message: Message): string {
    const [, kind] = Object.entries(KINDS).find(([field]) => field in message) ?? [];
    const key = `${message.request}.${kind ?? 'push'}`;
    return kind === 'error' && !this.isDeclared(key) ? 'error' : key;
  }

  private isDeclared(key: string): boolean {
    return key in this.document.components.messages;
  }

  private complaintsAbout(key: string, message: Message): string[] {
    if (!this.isDeclared(key)) return ['is sent, and not declared'];
    const { properties = {} } = this.document.components.messages[key]!.payload;
    const unknown = CONTENTS.filter((field) => field in message && isAnything(properties[field]));
    const check = this.checkOf(key);
    check(message);
    const errors = check.errors ?? [];
    return [
      ...unknown.map((field) => `nothing is said of its ${field}`),
      ...errors.map(
        (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
      ),
    ];
  }

  private checkOf(key: string): ValidateFunction {
    const { messages, schemas } = this.document.components;
    const schema = { allOf: [closed(messages[key]!.payload)], components: closed({ schemas }) };
    const check = this.checks.get(key) ?? this.ajv.compile(schema);
    this.checks.set(key, check);
    return check;
  }
}

function isAnything(schema: JsonSchema | undefined): boolean {
  return Object.keys(schema ?? {}).length === 0;
}

/** The same schema, which takes no properties that it does not name. */
function closed<T extends object>(schema: T): T {
  const text = JSON.stringify(schema);
  return JSON.parse(text, (_key, value: JsonSchema | null) => {
    const isOpen =
      value?.type === 'object' && value.properties && !('additionalProperties' in value);
    return isOpen ? { ...value, additionalProperties: false } : value;
  }) as T;
}
