export {
  SocketsTestApp,
  type SocketsTestAppOptions,
  type TestClientOptions,
} from './sockets-test-app.js';
export { TestSocketClient } from './test-socket-client.js';
export { FaultProxy, type Fault, type FaultPlan, type PassingFrame } from './fault-proxy.js';
