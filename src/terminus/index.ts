export { SocketsHealthIndicator, type SocketsHealthOptions } from './sockets.health-indicator.js';
