import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  ClusterOpener,
  ClusterSealer,
  MAX_FRAME_AGE,
  UnknownFrameVersionError,
} from '../../../src/envelope/cluster-frame.js';

const SECRET = randomBytes(32);
const seal = (sealer: ClusterSealer, text: string, channel = 'all') =>
  sealer.seal(channel, Buffer.from(text));

describe('Frames between nodes', () => {
  afterEach(() => void jest.useRealTimers());

  it('are opened by whoever has the key, each once and in order', () => {
    const [sealer, opener] = [new ClusterSealer(SECRET), new ClusterOpener([SECRET])];
    const frames = ['one', 'two', 'three'].map((text) => seal(sealer, text));
    expect(opener.openLive('all', frames[0]!).toString()).toBe('one');
    expect(opener.openLive('all', frames[2]!).toString()).toBe('three');
    for (const frame of frames) {
      expect(() => opener.openLive('all', frame)).toThrow('replayed or reordered');
    }
    expect(opener.openLive('all', seal(sealer, 'four')).toString()).toBe('four');
  });

  it('show nothing of what they carry, and are never the same', () => {
    const sealer = new ClusterSealer(SECRET);
    const frames = [seal(sealer, 'the same'), seal(sealer, 'the same')];
    expect(frames[0]!.includes('same')).toBe(false);
    expect(frames[0]!.subarray(23)).not.toEqual(frames[1]!.subarray(23));
  });

  it('count for each start of a node alone', () => {
    const opener = new ClusterOpener([SECRET]);
    for (const sealer of [new ClusterSealer(SECRET), new ClusterSealer(SECRET)]) {
      expect(opener.openLive('all', seal(sealer, 'first')).toString()).toBe('first');
    }
  });

  it('are believed nowhere but where they were sent', () => {
    const [sealer, opener] = [new ClusterSealer(SECRET), new ClusterOpener([SECRET])];
    const frame = seal(sealer, 'for one', 'node:1');
    expect(() => opener.openLive('node:2', frame)).toThrow('tampered');
    expect(opener.openLive('node:1', frame).toString()).toBe('for one');
  });

  it('are refused with any bit changed, cut off anywhere, or under another key', () => {
    const [sealer, opener] = [new ClusterSealer(SECRET), new ClusterOpener([SECRET])];
    const frame = seal(sealer, 'genuine');
    for (let at = 0; at < frame.length; at++) {
      const changed = Buffer.from(frame);
      changed[at]! ^= 1;
      expect(() => opener.openLive('all', changed)).toThrow();
      expect(() => opener.openLive('all', frame.subarray(0, at))).toThrow();
    }
    expect(() => new ClusterOpener([randomBytes(32)]).openLive('all', frame)).toThrow('wrong key');
    expect(opener.openLive('all', frame).toString()).toBe('genuine');
  });

  it('are opened with any of several keys', () => {
    const opener = new ClusterOpener([randomBytes(32), SECRET]);
    expect(opener.openLive('all', seal(new ClusterSealer(SECRET), 'old')).toString()).toBe('old');
  });

  it('are too old after a minute, or from clocks that far apart, unless they were stored', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const [sealer, opener] = [new ClusterSealer(SECRET), new ClusterOpener([SECRET])];
    const frames = [seal(sealer, 'late'), seal(sealer, 'in time')];
    jest.setSystemTime(1_000_000 + MAX_FRAME_AGE + 1);
    expect(() => opener.openLive('all', frames[0]!)).toThrow('too old');
    expect(opener.openStored('all', frames[0]!).toString()).toBe('late');
    jest.setSystemTime(1_000_000 - MAX_FRAME_AGE);
    expect(opener.openLive('all', frames[1]!).toString()).toBe('in time');
  });

  it('of another version are told from what is forged', () => {
    const frame = seal(new ClusterSealer(SECRET), 'new');
    frame[0] = 2;
    expect(() => new ClusterOpener([SECRET]).openLive('all', frame)).toThrow(
      UnknownFrameVersionError,
    );
  });

  it('are known again by who sealed them', () => {
    const [one, other] = [new ClusterSealer(SECRET), new ClusterSealer(SECRET)];
    expect(one.isOwn(seal(one, 'mine'))).toBe(true);
    expect(one.isOwn(seal(other, 'not mine'))).toBe(false);
  });
});
