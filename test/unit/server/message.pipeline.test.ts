import { describe, expect, it, jest } from '@jest/globals';
import type { Connection } from '../../../src/server/connection.js';
import { MessagePipeline } from '../../../src/server/message.pipeline.js';

const FRAME = Buffer.alloc(100);

/** A pipeline that gets no further than the question whether a frame is let in. */
function setUp(connection: { isAuthenticated: boolean; hasShareLeft: boolean }) {
  const letIn = jest.fn(() => false);
  const holdFrame = jest.fn();
  const share = { admits: () => connection.hasShareLeft, chargeFrame: jest.fn() };
  const pipeline = new MessagePipeline(
    {} as never,
    { admits: letIn } as never,
    {} as never,
    {} as never,
    {} as never,
    {} as never,
  );
  const { isAuthenticated } = connection;
  const peer = { isAuthenticated, intake: { share, holdFrame } } as unknown as Connection;
  pipeline.receive(peer, FRAME, true);
  return { letIn, holdFrame };
}

describe('MessagePipeline', () => {
  it('keeps the frame of a client that has used up its share, without looking at it', () => {
    const { letIn, holdFrame } = setUp({ isAuthenticated: true, hasShareLeft: false });
    expect(holdFrame).toHaveBeenCalledWith(FRAME, true);
    expect(letIn).not.toHaveBeenCalled();
  });

  it.each([
    ['a client that has not', { isAuthenticated: true, hasShareLeft: true }],
    // It may send 20 messages of 4 KiB, and the key may change while a frame waits.
    ['whoever has not authenticated', { isAuthenticated: false, hasShareLeft: false }],
  ])('handles the frame of %s at once', (_what, connection) => {
    const { letIn, holdFrame } = setUp(connection);
    expect(letIn).toHaveBeenCalledTimes(1);
    expect(holdFrame).not.toHaveBeenCalled();
  });
});
