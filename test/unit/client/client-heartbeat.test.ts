import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientHeartbeat } from '../../../src/client/client-heartbeat.js';

describe('ClientHeartbeat', () => {
  const send = jest.fn();
  const onDead = jest.fn();
  let heartbeat: ClientHeartbeat;

  beforeEach(() => {
    jest.useFakeTimers();
    send.mockReset();
    onDead.mockReset();
    heartbeat = new ClientHeartbeat(100, send, onDead);
  });

  afterEach(() => {
    heartbeat.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('sends the first one an interval after the start (R5.9)', () => {
    heartbeat.start();
    jest.advanceTimersByTime(99);
    expect(send).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('sends the next one an interval after the reply, and none before it (R5.9)', () => {
    heartbeat.start();
    jest.advanceTimersByTime(100 + 150);
    expect(send).toHaveBeenCalledTimes(1);
    heartbeat.answered();
    jest.advanceTimersByTime(99);
    expect(send).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    expect(send).toHaveBeenCalledTimes(2);
    expect(onDead).not.toHaveBeenCalled();
  });

  it('gives the connection up when a reply does not come for two intervals (R9.2)', () => {
    heartbeat.start();
    jest.advanceTimersByTime(100 + 199);
    expect(onDead).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onDead).toHaveBeenCalledTimes(1);
  });

  it('stops, before the first and while it waits for a reply', () => {
    heartbeat.start();
    heartbeat.stop();
    jest.advanceTimersByTime(1_000);
    expect(send).not.toHaveBeenCalled();
    heartbeat.start();
    jest.advanceTimersByTime(100);
    heartbeat.stop();
    jest.advanceTimersByTime(1_000);
    expect(onDead).not.toHaveBeenCalled();
  });

  it('sends none with an interval of Infinity', () => {
    new ClientHeartbeat(Infinity, send, onDead).start();
    expect(jest.getTimerCount()).toBe(0);
  });
});
