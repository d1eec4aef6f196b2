import { describe, expect, it } from '@jest/globals';
import { Completion } from '../../../src/cli/connect/completion.js';
import { OrderError, readOrder } from '../../../src/cli/connect/order.js';

describe('A line that somebody types', () => {
  it.each([
    ['echo', { kind: 'request', name: 'echo', data: undefined }],
    ['  echo   null ', { kind: 'request', name: 'echo', data: null }],
    ['echo {"a": [1, 2]}', { kind: 'request', name: 'echo', data: { a: [1, 2] } }],
    ['stream countTo\t5', { kind: 'stream', name: 'countTo', data: 5 }],
    ['send note "hi"', { kind: 'send', name: 'note', data: 'hi' }],
    ['request send', { kind: 'request', name: 'send', data: undefined }],
    ['{"request":"echo","data":1}', { kind: 'request', name: 'echo', data: 1 }],
    ['{"request":"a","stream":true,"id":7}', { kind: 'stream', name: 'a', data: undefined, id: 7 }],
    ['{"request":"a","send":true}', { kind: 'send', name: 'a', data: undefined }],
    ['{"request":"a","stream":1}', { kind: 'request', name: 'a', data: undefined }],
  ])('is an order: %s', (line, order) => {
    expect(readOrder(line)).toEqual(order);
  });

  it.each([
    ['echo {a}', 'The data of "echo" is not JSON'],
    ["echo 'e4'", 'Texts stand in double quotes'],
    ['stream', 'Say what to stream'],
    ['{"data":1}', 'no "request"'],
    ['{"request":1}', 'no "request"'],
    ['{"request"', 'The line is not JSON'],
  ])('is no order, and told why: %s', (line, why) => {
    expect(() => readOrder(line)).toThrow(OrderError);
    expect(() => readOrder(line)).toThrow(why);
  });
});

describe('Completion', () => {
  it('knows the words of the prompt, and names that it has learned', () => {
    const completion = new Completion();
    expect(completion.complete('s')).toEqual([['stream', 'send'], 's']);
    completion.learn('scanGames');
    expect(completion.complete('s')).toEqual([['scanGames', 'stream', 'send'], 's']);
    expect(completion.complete('.q')).toEqual([['.quit'], '.q']);
  });

  it('completes the name behind such a word, and no data', () => {
    const completion = new Completion();
    completion.learn('scanGames');
    expect(completion.complete('stream sc')).toEqual([['scanGames'], 'sc']);
    expect(completion.complete('stream ')).toEqual([['scanGames'], '']);
    expect(completion.complete('scanGames sc')).toEqual([[], 'sc']);
    expect(completion.complete('stream scanGames sc')).toEqual([[], 'sc']);
  });
});
