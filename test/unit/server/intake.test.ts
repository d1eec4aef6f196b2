import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { ABNORMAL_CLOSURE, CloseCode } from '../../../src/protocol/close-code.js';
import { DEFAULT_LIMITS } from '../../../src/protocol/limits.js';
import { Intake } from '../../../src/server/intake.js';

const KIB = 1024;
const MESSAGE = { message: { request: 'ask' }, bytes: 100 };

function setUp() {
  const webSocket = {
    pause: jest.fn(),
    resume: jest.fn(),
    _receiver: { _allowSynchronousEvents: true, _totalPayloadLength: 0 },
  };
  const owner = {
    isEnded: false,
    isOpen: true,
    isSlow: false,
    awaitsAnswers: false,
    goOn: jest.fn(),
  };
  const intake = new Intake(webSocket as unknown as WebSocket, DEFAULT_LIMITS, owner);
  return { intake, owner, webSocket };
}

describe('Intake', () => {
  it('does not read a peer that does not read, until it does', () => {
    const { intake, owner, webSocket } = setUp();
    owner.isSlow = true;
    intake.onPaceChanged();
    expect([intake.isPaused, intake.inbox.isBusy]).toEqual([true, true]);
    expect(webSocket.pause).toHaveBeenCalledTimes(1);
    owner.isSlow = false;
    intake.onPaceChanged();
    expect([intake.isPaused, intake.inbox.isBusy]).toEqual([false, false]);
    expect(webSocket.resume).toHaveBeenCalledTimes(1);
  });

  it('does not read a peer whose messages wait, unless its answers are waited for', () => {
    const { intake, owner } = setUp();
    intake.hold(MESSAGE);
    expect(intake.isPaused).toBe(true);
    owner.awaitsAnswers = true;
    intake.updateReading();
    expect(intake.isPaused).toBe(false);
    intake.hold({ ...MESSAGE, bytes: 1024 * 1024 });
    expect(intake.isPaused).toBe(true);
  });

  it('does not read a peer whose frames wait for a turn, and goes on when it comes', async () => {
    const { intake, owner } = setUp();
    owner.awaitsAnswers = true;
    intake.holdFrame(Buffer.alloc(1), true);
    expect(intake.isPaused).toBe(true);
    intake.resume();
    expect(owner.goOn).not.toHaveBeenCalled();
    await nextTurn();
    expect(owner.goOn).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a large message', { isOpen: true, length: 64 * KIB + 1 }],
    ['what comes after this side closed', { isOpen: false, length: 0 }],
  ])('reads %s in turns, 64 KiB each', async (_what, { isOpen, length }) => {
    const { intake, owner, webSocket } = setUp();
    owner.goOn.mockImplementation(() => intake.resumed());
    Object.assign(owner, { isOpen });
    Object.assign(webSocket._receiver, { _totalPayloadLength: length });
    for (let turn = 0; turn < 3; turn++) {
      intake.onRead(60 * KIB);
      expect(intake.isPaused).toBe(false);
      intake.onRead(4 * KIB);
      expect(intake.isPaused).toBe(true);
      await nextTurn();
      expect(intake.isPaused).toBe(false);
    }
  });

  it('reads small messages on, however many they are', () => {
    const { intake } = setUp();
    for (let read = 0; read < 100; read++) intake.onRead(64 * KIB);
    expect(intake.isPaused).toBe(false);
  });

  it('calls back at once when a peer leaves of which nothing waits', () => {
    const gone = jest.fn();
    setUp().intake.whenHandled(CloseCode.Normal, gone);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('calls back after its turn when a peer said goodbye while it waited for one', async () => {
    const { intake, owner } = setUp();
    owner.goOn.mockImplementation(() => {
      intake.inbox.nextFrame();
      intake.resumed();
    });
    const gone = jest.fn();
    intake.holdFrame(Buffer.alloc(1), true);
    intake.whenHandled(CloseCode.Normal, gone);
    expect(gone).not.toHaveBeenCalled();
    await nextTurn();
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('does not wait for the turn of a peer that said no goodbye, or that this side has ended', () => {
    for (const [code, isEnded] of [
      [ABNORMAL_CLOSURE, false],
      [CloseCode.BadFrame, true],
    ] as const) {
      const { intake, owner } = setUp();
      const gone = jest.fn();
      intake.holdFrame(Buffer.alloc(1), true);
      owner.isEnded = isEnded;
      intake.whenHandled(code, gone);
      expect(gone).toHaveBeenCalledTimes(1);
    }
  });

  it('forgets what waits once this side has ended the connection', async () => {
    const { intake, owner } = setUp();
    owner.goOn.mockImplementation(() => intake.resumed());
    const gone = jest.fn();
    intake.holdFrame(Buffer.alloc(1), true);
    intake.whenHandled(CloseCode.Normal, gone);
    owner.isEnded = true;
    while (intake.share.isWaiting) await nextTurn();
    expect([intake.inbox.hasFrames, gone.mock.calls.length]).toEqual([false, 1]);
  });
});
