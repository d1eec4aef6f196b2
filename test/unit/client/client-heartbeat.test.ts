import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClientHeartbeat } from '../../../src/client/core/client-heartbeat.js';
import { nodePlatform } from '../../../src/client/node/node.platform.js';

describe('ClientHeartbeat', () => {
  const send = jest.fn(() => true);
  const pong = jest.fn();
  const onDead = jest.fn();
  const connection = { bytesRead: 0, heartBeat: send, pong, cut: onDead };
  let heartbeat: ClientHeartbeat;

  beforeEach(() => {
    jest.useFakeTimers();
    send.mockClear();
    pong.mockReset();
    onDead.mockReset();
    heartbeat = new ClientHeartbeat(100, connection, nodePlatform.afterReads);
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

  it('gives the connection up when nothing at all comes for two intervals (R9.2)', () => {
    heartbeat.start();
    jest.advanceTimersByTime(100 + 199);
    expect(onDead).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1 + 1);
    expect(onDead).toHaveBeenCalledTimes(1);
  });

  it('takes any byte for a sign of life, and shows one itself meanwhile (R9.2)', () => {
    heartbeat.start();
    for (let interval = 0; interval < 10; interval++) {
      jest.advanceTimersByTime(100);
      connection.bytesRead++;
    }
    expect(send).toHaveBeenCalledTimes(1);
    expect(pong).toHaveBeenCalledTimes(9);
    expect(onDead).not.toHaveBeenCalled();
  });

  it('looks once more before it gives up, for what came while the process was busy', () => {
    heartbeat.start();
    jest.advanceTimersByTime(100 + 100);
    setTimeout(() => connection.bytesRead++, 100);
    jest.advanceTimersByTime(100 + 1);
    expect(onDead).not.toHaveBeenCalled();
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

  it('does nothing more for a connection that is about to end', () => {
    heartbeat.start();
    send.mockReturnValueOnce(false);
    jest.advanceTimersByTime(1_000);
    expect(onDead).not.toHaveBeenCalled();
  });

  it('sends none with an interval of Infinity', () => {
    new ClientHeartbeat(Infinity, connection, nodePlatform.afterReads).start();
    expect(jest.getTimerCount()).toBe(0);
  });
});
