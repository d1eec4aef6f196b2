import * as fc from 'fast-check';

/** What a forged message would deliver, if it were taken. */
const FORGED = '"forged"';

const POISONS = [
  '{"__proto__":{"admin":true}}',
  String.raw`{"\u005f_proto__":1}`,
  '{"constructor":{"prototype":{}}}',
];

const deliver = (data: string, more = '') => `{"request":"deliver"${more},"data":${data}}`;

const wrapped = (text: string) =>
  fc
    .array(fc.boolean(), { maxLength: 50 })
    .map((inArrays) =>
      inArrays.reduce((inner, inArray) => (inArray ? `[${inner}]` : `{"a":${inner}}`), text),
    );

const poisoned = fc
  .constantFrom(...POISONS)
  .chain(wrapped)
  .map((data) => deliver(data));

const tooDeep = fc
  .integer({ min: 64, max: 500 })
  .map((depth) => deliver('['.repeat(depth) + ']'.repeat(depth)));

const badId = fc
  .oneof(
    fc.constantFrom('null', '""', '1.5', '1e300', 'true', '{}', '["a"]', '9007199254740993'),
    fc.integer({ min: 65, max: 200 }).map((length) => JSON.stringify('i'.repeat(length))),
  )
  .map((id) => deliver(FORGED, `,"id":${id}`));

const badName = fc
  .constantFrom(
    '["deliver"]',
    '[["deliver"]]',
    '{"toString":"deliver"}',
    '"deliver "',
    '" deliver"',
    String.raw`"deliver\u0000"`,
    String.raw`"\ndeliver"`,
    '""',
    'null',
    'true',
    '7',
  )
  .map((request) => `{"request":${request},"data":${FORGED}}`);

const whole = deliver(FORGED);

const cutShort = fc.nat({ max: whole.length - 1 }).map((length) => whole.slice(0, length));

const surrounded = fc.constantFrom(
  `\uFEFF${whole}`,
  `${whole}${whole}`,
  `${whole},`,
  `[${whole}]`,
  `"${whole.replaceAll('"', String.raw`\"`)}"`,
  `/**/${whole}`,
  `${whole}\u0000`,
);

const notUtf8 = fc
  .tuple(fc.nat({ max: whole.length }), fc.integer({ min: 0x80, max: 0xff }))
  .map(([at, byte]) =>
    Buffer.concat([Buffer.from(whole.slice(0, at)), Buffer.of(byte), Buffer.from(whole.slice(at))]),
  );

/** Requests for `deliver` of which each breaks one rule of PROTOCOL.md, section 4. */
export const forgedMessage: fc.Arbitrary<string | Buffer> = fc.oneof(
  poisoned,
  tooDeep,
  badId,
  badName,
  cutShort,
  surrounded,
  notUtf8,
);

const strangeFields = fc
  .record(
    {
      request: fc.oneof(fc.constant('nobody'), fc.anything()),
      id: fc.anything(),
      data: fc.anything(),
      response: fc.anything(),
      error: fc.anything(),
      stream: fc.anything(),
      cancel: fc.anything(),
    },
    { requiredKeys: [] },
  )
  .map((value) => toJson(value));

/** Any text at all, JSON or not, that may be a message and asks for nothing that exists. */
export const noise: fc.Arbitrary<string> = fc.oneof(fc.json(), fc.string(), strangeFields);

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'bigint' ? String(inner) : inner,
    );
  } catch {
    return '{}';
  }
}
