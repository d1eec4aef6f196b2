import { describe, expect, it } from '@jest/globals';
import type { AsyncApiDocument, JsonSchema } from '../../../src/asyncapi/index.js';
import { DocumentReader } from '../../../src/asyncapi/viewer/document.reader.js';
import { makeExample } from '../../../src/asyncapi/viewer/example.js';
import { html, prose } from '../../../src/asyncapi/viewer/html.js';
import { typeView } from '../../../src/asyncapi/viewer/schema.view.js';

function example(schema: JsonSchema, schemas: Record<string, JsonSchema> = {}): unknown {
  const document = { components: { schemas, messages: {} } } as unknown as AsyncApiDocument;
  return makeExample(schema, new DocumentReader(document));
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('An example', () => {
  it.each<[unknown, JsonSchema]>([
    ['given', { type: 'string', examples: ['given'] }],
    [7, { const: 7 }],
    ['b', { type: 'string', default: 'b' }],
    ['white', { enum: ['white', 'black'] }],
    [3, { type: 'integer', minimum: 3 }],
    [1, { type: 'number', exclusiveMinimum: 0 }],
    ['te', { type: 'string', maxLength: 2 }],
    ['text..', { type: 'string', minLength: 6 }],
    ['ada@example.com', { type: 'string', format: 'email' }],
    [true, { type: 'boolean' }],
    [null, {}],
    [['text'], { type: 'array', items: { type: 'string' } }],
    [['text', 1], { type: 'array', items: [{ type: 'string' }, { type: 'integer' }] }],
    [{ a: 1 }, { type: 'object', properties: { a: { type: 'integer' } } }],
    ['text', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  ])('is %j for %j', (value, schema) => {
    expect(example(schema)).toEqual(value);
  });

  it('follows references, also behind what is said beside them', () => {
    const schemas = { Dto: { type: 'object', properties: { a: { const: 1 } } } };
    expect(example({ allOf: [ref('Dto')], description: 'One' }, schemas)).toEqual({ a: 1 });
    const more = { allOf: [ref('Dto')], properties: { b: { const: 2 } } };
    expect(example(more, schemas)).toEqual({ a: 1, b: 2 });
  });

  it('ends, of a schema that holds itself', () => {
    const schemas = { Tree: { properties: { children: { type: 'array', items: ref('Tree') } } } };
    expect(JSON.stringify(example(ref('Tree'), schemas)).length).toBeLessThan(200);
    expect(example(ref('Nobody'))).toBeNull();
  });
});

describe('HTML', () => {
  it('escapes every value that is not HTML itself', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${'"\''}">${inner}${[1, undefined, false, 'a']}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b>1a</p>',
    );
  });

  it('has the paragraphs, lists and code of descriptions', () => {
    const text = prose('One `<a>`.\n\n- two\n- three')!.text.replaceAll(/>\s+</g, '><');
    expect(text).toBe('<p>One <code>&lt;a&gt;</code>.</p><ul><li>two</li><li>three</li></ul>');
  });

  it.each<[string, JsonSchema]>([
    ['anything', {}],
    ['string (uuid)', { type: 'string', format: 'uuid' }],
    ['array of integer', { type: 'array', items: { type: 'integer' } }],
    ['array of anything', { type: 'array' }],
    ['string | null', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['Dto', ref('Dto')],
    ['1', { const: 1 }],
  ])('says %j for the type of %j', (words, schema) => {
    expect(
      typeView(schema)
        .text.replaceAll(/<[^>]+>/g, '')
        .trim(),
    ).toBe(words);
  });
});
