import { Test } from '@nestjs/testing';
import { RemoteError } from 'nestjs-sockets';
import { SocketsTestApp } from 'nestjs-sockets/testing';
import { MadeForEachMessage, NumbersModule } from './numbers.module.js';

describe('The handlers of a module', () => {
  let sockets: SocketsTestApp;

  beforeAll(async () => {
    sockets = await SocketsTestApp.start(Test.createTestingModule({ imports: [NumbersModule] }));
  });

  afterAll(() => sockets.close());

  it('answer an authenticated client', async () => {
    const client = await sockets.connect({ authData: { role: 'worker' } });
    const answer = await client.request('addNumbers', { left: 2, right: 3 });
    expect(answer).toEqual({ sum: 5, role: 'worker', clients: 1 });
  });

  it('reject with the class that the test imports', async () => {
    const client = await sockets.connect();
    const error: unknown = await client.request('multiply', {}).catch((reason) => reason);
    expect(error).toBeInstanceOf(RemoteError);
  });

  // What follows stands on the private parts of Nest that the package uses.
  it('stream values through an interceptor', async () => {
    const client = await sockets.connect();
    const values: unknown[] = [];
    for await (const value of client.stream('countNumbers', { to: 3 })) values.push(value);
    expect(values).toEqual([2, 4, 6]);
  });

  it('have their filters answer for what they throw', async () => {
    const client = await sockets.connect();
    const answer = await client.request('countNumbers', { to: 101 });
    expect(answer).toEqual({ tooFar: '101 numbers' });
  });

  it('get the enhancers of the application that are made for each message', async () => {
    const client = await sockets.connect();
    const before = MadeForEachMessage.made;
    await client.request('addNumbers', { left: 1, right: 1 });
    await client.request('addNumbers', { left: 1, right: 1 });
    expect(MadeForEachMessage.made - before).toBe(2);
  });
});
