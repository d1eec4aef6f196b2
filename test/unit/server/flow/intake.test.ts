import { describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { RecordLines } from '../../../../src/envelope/record-lines.js';
import { DEFAULT_LIMITS } from '../../../../src/protocol/limits.js';
import type { ReceivedMessage } from '../../../../src/server/flow/inbox.js';
import { Intake, type ReceivedFrame } from '../../../../src/server/flow/intake.js';
import { Scheduler, type Flow } from '../../../../src/server/flow/scheduler.js';

const KIB = 1024;

/** A scheduler that serves when the test says so. */
class SchedulerByHand extends Scheduler {
  readonly added: Flow[] = [];
  admitsAll = true;

  override admits(): boolean {
    return this.admitsAll;
  }

  override add(flow: Flow): void {
    this.added.push(flow);
  }
}

function setUp(owner: object = {}) {
  const webSocket = { pause: jest.fn(), resume: jest.fn() };
  const peer = {
    isEnded: false,
    isAuthenticated: true,
    isSlow: false,
    awaitsAnswers: false,
    ...owner,
  };
  const journey = {
    handle: jest.fn((_owner: unknown, _frame: ReceivedFrame) => undefined),
    dispatch: jest.fn((_owner: unknown, _received: ReceivedMessage) => undefined),
    fail: jest.fn(),
  };
  const scheduler = new SchedulerByHand({ current: 0 });
  const socket = webSocket as unknown as WebSocket;
  const intake = new Intake(socket, DEFAULT_LIMITS, peer, journey, scheduler);
  return { intake, peer, journey, scheduler, webSocket };
}

function frame(bytes = 100): ReceivedFrame {
  return { bytes: Buffer.alloc(bytes), isBinary: true };
}

function message(bytes = 100): ReceivedMessage {
  return { message: { request: 'ask' }, bytes };
}

/** A turn with enough credit for all that waits. */
function serve(intake: Intake): void {
  intake.credit = 10_000 * KIB;
  intake.serve();
}

describe('Intake', () => {
  it('hands a frame on at once while the scheduler admits it', () => {
    const { intake, journey, peer, scheduler } = setUp();
    const first = frame();
    intake.receive(first);
    expect(journey.handle).toHaveBeenCalledWith(peer, first);
    expect(scheduler.added).toEqual([]);
  });

  it('keeps the frames that it does not admit, and hands them on in order in its turn', () => {
    const { intake, journey, peer, scheduler } = setUp();
    scheduler.admitsAll = false;
    const [first, second] = [frame(), frame()];
    intake.receive(first);
    scheduler.admitsAll = true;
    intake.receive(second);
    expect(journey.handle).not.toHaveBeenCalled();
    expect(scheduler.added).toContain(intake);
    serve(intake);
    expect(journey.handle.mock.calls).toEqual([
      [peer, first],
      [peer, second],
    ]);
  });

  it('lets no frame of a stranger wait: the key may change meanwhile, and few are let in', () => {
    const { intake, journey, scheduler } = setUp({ isAuthenticated: false });
    scheduler.admitsAll = false;
    intake.receive(frame());
    expect(journey.handle).toHaveBeenCalledTimes(1);
  });

  it('ends a turn when the credit is used up', () => {
    const { intake, journey, scheduler } = setUp();
    scheduler.admitsAll = false;
    for (let count = 0; count < 10; count++) intake.receive(frame());
    intake.credit = 9 * KIB;
    intake.serve();
    expect(journey.handle).toHaveBeenCalledTimes(3);
    expect(intake.isReady).toBe(true);
  });

  it('stops reading when 72 KiB of frames wait, and reads on when they do not', () => {
    const { intake, scheduler, webSocket } = setUp();
    scheduler.admitsAll = false;
    intake.receive(frame(71 * KIB));
    expect(intake.isPaused).toBe(false);
    intake.receive(frame(KIB));
    expect(intake.isPaused).toBe(true);
    serve(intake);
    expect(intake.isPaused).toBe(false);
    expect([webSocket.pause.mock.calls.length, webSocket.resume.mock.calls.length]).toEqual([1, 1]);
  });

  it('does not read a peer that does not read, nor hands anything of it on, until it does', () => {
    const { intake, peer, journey, webSocket } = setUp();
    peer.isSlow = true;
    intake.update();
    expect(webSocket.pause).toHaveBeenCalledTimes(1);
    intake.receive(frame());
    expect([journey.handle.mock.calls.length, intake.isReady]).toEqual([0, false]);
    peer.isSlow = false;
    intake.update();
    serve(intake);
    expect([journey.handle.mock.calls.length, intake.isPaused]).toEqual([1, false]);
  });

  it('goes on reading while little waits for handlers, so that heartbeats are answered', () => {
    const { intake } = setUp();
    intake.inbox.isAuthenticating = true;
    intake.hold(message(16 * KIB - 1));
    expect(intake.isPaused).toBe(false);
    intake.hold(message(1));
    expect(intake.isPaused).toBe(true);
  });

  it('reads 1 MiB on while answers of the peer are waited for', () => {
    const { intake, peer } = setUp({ awaitsAnswers: true });
    intake.inbox.isAuthenticating = true;
    intake.hold(message(1024 * KIB - 1));
    expect(intake.isPaused).toBe(false);
    peer.awaitsAnswers = false;
    intake.update();
    expect(intake.isPaused).toBe(true);
  });

  it('dispatches what waited for a handler in a turn, before any frame that came later', () => {
    const { intake, journey, scheduler } = setUp();
    intake.inbox.isAuthenticating = true;
    const received = message();
    intake.hold(received);
    scheduler.admitsAll = false;
    intake.receive(frame());
    intake.inbox.isAuthenticating = false;
    intake.update();
    expect(scheduler.added).toContain(intake);
    serve(intake);
    const [dispatched, handled] = [journey.dispatch, journey.handle].map(
      ({ mock }) => mock.invocationCallOrder[0]!,
    );
    expect(dispatched).toBeLessThan(handled!);
  });

  it('affords a large reply in a turn of its own only, if there is no credit for it', () => {
    const { intake, journey } = setUp();
    intake.credit = 10;
    expect([intake.affords(10), intake.affords(11)]).toEqual([true, false]);
    const received = message();
    intake.hold(received);
    journey.dispatch.mockImplementation(() => expect(intake.affords(1e9)).toBe(true) as undefined);
    serve(intake);
    expect(journey.dispatch).toHaveBeenCalledTimes(1);
  });

  it('handles the messages of a record while there is credit, and the rest in later turns', () => {
    const { intake, journey } = setUp();
    const rest = new RecordLines(Buffer.from('a\nb'));
    intake.credit = 1;
    expect([intake.affordsAnother(), intake.affordsAnother()]).toEqual([true, false]);
    intake.putBack(rest);
    intake.receive(frame());
    expect(journey.handle).not.toHaveBeenCalled();
    serve(intake);
    expect(journey.handle.mock.calls.map(([, handled]) => handled.rest === rest)).toEqual([
      true,
      false,
    ]);
  });

  it('reads a peer that sends many pings in turns', () => {
    const { intake, scheduler } = setUp();
    intake.receiveControlFrame(Buffer.alloc(1));
    expect(intake.isPaused).toBe(false);
    scheduler.admitsAll = false;
    intake.receiveControlFrame(Buffer.alloc(1));
    expect([intake.isPaused, intake.isReady]).toEqual([true, true]);
    serve(intake);
    expect([intake.isPaused, intake.isReady]).toEqual([false, false]);
  });

  describe('when the peer leaves', () => {
    const TIME = 50;

    it('calls back at once where nothing waits', () => {
      const gone = jest.fn();
      setUp().intake.whenHandled(TIME, gone);
      expect(gone.mock.calls).toEqual([[0]]);
    });

    it('calls back after the turn of what waited for one', () => {
      const { intake, scheduler } = setUp();
      const gone = jest.fn();
      scheduler.admitsAll = false;
      intake.receive(frame());
      intake.whenHandled(TIME, gone);
      expect(gone).not.toHaveBeenCalled();
      serve(intake);
      expect(gone.mock.calls).toEqual([[0]]);
    });

    it('calls back when no message waits for a handler any more', () => {
      const { intake, journey } = setUp();
      const gone = jest.fn();
      intake.inbox.isAuthenticating = true;
      intake.hold(message());
      intake.whenHandled(TIME, gone);
      serve(intake);
      expect(gone).not.toHaveBeenCalled();
      intake.inbox.isAuthenticating = false;
      serve(intake);
      expect(journey.dispatch).toHaveBeenCalledTimes(1);
      expect(gone.mock.calls).toEqual([[0]]);
    });

    it('tells how many messages are left when the time is over', async () => {
      const { intake } = setUp();
      intake.inbox.isAuthenticating = true;
      intake.hold(message());
      intake.receive(frame());
      const left = await new Promise((resolve) => intake.whenHandled(TIME, resolve));
      expect(left).toBe(1);
    });

    it.each([
      ['has not authenticated', { isAuthenticated: false }],
      ['was ended by this side', { isEnded: true }],
    ])('does not wait for the turn of one that %s', (_what, state) => {
      const { intake, peer, scheduler } = setUp();
      const gone = jest.fn();
      scheduler.admitsAll = false;
      intake.receive(frame());
      Object.assign(peer, state);
      intake.whenHandled(TIME, gone);
      expect(gone.mock.calls).toEqual([[0]]);
    });

    it('calls back as soon as this side wants nothing more', () => {
      const { intake, peer, scheduler } = setUp();
      const gone = jest.fn();
      scheduler.admitsAll = false;
      intake.receive(frame());
      intake.whenHandled(TIME, gone);
      peer.isEnded = true;
      intake.update();
      expect(gone.mock.calls).toEqual([[0]]);
    });
  });

  it('hands nothing on of a connection that this side has ended while it waited', () => {
    const { intake, peer, journey, scheduler } = setUp();
    scheduler.admitsAll = false;
    intake.inbox.isAuthenticating = true;
    intake.hold(message());
    intake.receive(frame());
    peer.isEnded = true;
    intake.inbox.isAuthenticating = false;
    serve(intake);
    expect(journey.dispatch).not.toHaveBeenCalled();
    expect(journey.handle).not.toHaveBeenCalled();
  });

  it('forgets what waits once this side has ended the connection', () => {
    const { intake, peer, journey, scheduler } = setUp();
    scheduler.admitsAll = false;
    for (let count = 0; count < 3; count++) intake.receive(frame());
    journey.handle.mockImplementation(() => {
      peer.isEnded = true;
      return undefined;
    });
    serve(intake);
    expect([journey.handle.mock.calls.length, intake.isReady]).toEqual([1, false]);
  });
});
