import * as fc from 'fast-check';

/** A change of some bytes. */
type Edit = (bytes: Buffer) => Buffer;

const position = fc.nat({ max: 10_000 });
const short = fc.uint8Array({ minLength: 1, maxLength: 40 });

const flip = fc.tuple(position, fc.integer({ min: 1, max: 255 })).map(([at, mask]): Edit => {
  return (bytes) => {
    if (bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    const index = at % copy.length;
    copy.writeUInt8(copy.readUInt8(index) ^ mask, index);
    return copy;
  };
});

const cut = position.map(
  (at): Edit =>
    (bytes) =>
      bytes.subarray(0, at % (bytes.length + 1)),
);

const behead = position.map(
  (at): Edit =>
    (bytes) =>
      bytes.subarray(at % (bytes.length + 1)),
);

const insert = fc.tuple(position, short).map(([at, more]): Edit => {
  return (bytes) => {
    const index = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]);
  };
});

const repeat = fc.tuple(position, position).map(([from, length]): Edit => {
  return (bytes) => {
    const start = from % (bytes.length + 1);
    const end = start + (length % (bytes.length - start + 1));
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  };
});

const edit = fc.oneof({ arbitrary: flip, weight: 4 }, cut, behead, insert, repeat);

/** One to four changes, one after the other; never the same bytes again. */
export const mutation = fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits): Edit => {
  return (bytes) => {
    const mutated = edits.reduce((current, change) => change(current), bytes);
    return mutated.equals(bytes) ? Buffer.concat([bytes, Buffer.of(0)]) : mutated;
  };
});
