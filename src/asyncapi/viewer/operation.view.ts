import type { AsyncApiMessage, AsyncApiOperation, JsonSchema } from '../types/async-api.types.js';
import type { DocumentReader } from './document.reader.js';
import { makeExample } from './example.js';
import { html, prose, type Html } from './html.js';
import { contentView } from './schema.view.js';

/** One operation, with its messages. */
export function operationView(
  key: string,
  operation: AsyncApiOperation,
  reader: DocumentReader,
): Html {
  const { title, summary, description, messages, reply } = operation;
  const sent = messages.map((one) => reader.message(one)).filter((one) => one !== undefined);
  const answers = (reply?.messages ?? []).map((one) => reader.message(one));
  const replies = answers.filter((one) => one !== undefined);
  return html`<article
    id="${key}"
    data-search="${searchText(operation, [...sent, ...replies], reader)}"
  >
    <h3><a href="#${key}">${title}</a> ${badges(operation)}</h3>
    ${summary && html`<p class="summary">${summary}</p>`} ${prose(description)}
    ${callView(operation, sent[0], reader)} ${sent.map((message) => messageView(message, reader))}
    ${replies.map((message) => messageView(message, reader))}
  </article>`;
}

/** What stands behind its name, here and in the list. */
export function badges(operation: AsyncApiOperation): readonly Html[] {
  const direction = operation.action === 'receive' ? 'to the server' : 'from the server';
  const texts = [
    direction,
    ...operation.tags.map(({ name }) => name),
    ...(operation['x-skip-auth'] ? ['before authentication'] : []),
    ...(operation['x-deprecated'] ? ['deprecated'] : []),
  ];
  return texts.map(
    (text) => html`<span class="badge ${text.replaceAll(' ', '-')}">${text}</span> `,
  );
}

function messageView(message: AsyncApiMessage, reader: DocumentReader): Html {
  const kind = message.title.slice(message.title.indexOf(':') + 1).trim();
  const example = message.examples?.[0]?.payload ?? makeExample(message.payload, reader);
  return html`<section>
    <h4>${kind}</h4>
    ${message.summary && html`<p>${message.summary}</p>`} ${contentView(message.payload, reader)}
    <details>
      <summary>As it travels</summary>
      <pre><code>${JSON.stringify(example, undefined, 2)}</code></pre>
    </details>
  </section>`;
}

/** How a \`SocketClient\` does it. */
function callView(
  { action, tags, title }: AsyncApiOperation,
  message: AsyncApiMessage | undefined,
  reader: DocumentReader,
): Html | undefined {
  const [kind] = tags;
  if (!message || kind?.name === 'framework' || kind?.name === 'authentication') return undefined;
  const data = dataExample(message, reader);
  const args = data === undefined ? `'${title}'` : `'${title}', ${data}`;
  const isStream = message.payload.properties?.stream !== undefined;
  const request = isStream
    ? `for await (const value of client.stream(${args})) console.log(value);`
    : `await client.request(${args});`;
  const code = action === 'send' ? `client.on('${title}', (data) => console.log(data));` : request;
  return html`<pre class="call"><code>${code}</code></pre>`;
}

function dataExample(
  { payload, examples }: AsyncApiMessage,
  reader: DocumentReader,
): string | undefined {
  const { data: given }: { data?: unknown } = examples?.[0]?.payload ?? {};
  const schema: JsonSchema | undefined = payload.properties?.data;
  if (given === undefined && !schema) return undefined;
  return JSON.stringify(given ?? makeExample(schema!, reader));
}

function searchText(
  operation: AsyncApiOperation,
  messages: readonly AsyncApiMessage[],
  reader: DocumentReader,
): string {
  const { title, summary, description, tags } = operation;
  const fields = messages.flatMap(({ payload }) => fieldNames(payload, reader));
  const words = [title, summary, description, ...tags.map(({ name }) => name), ...fields];
  return [...new Set(words)].filter(Boolean).join(' ').toLowerCase();
}

/** Of a message, and of what its fields hold. */
function fieldNames({ properties = {} }: JsonSchema, reader: DocumentReader): string[] {
  const held = Object.values(properties).map((field) => reader.schema(field).properties ?? {});
  return [properties, ...held].flatMap((fields) => Object.keys(fields));
}
