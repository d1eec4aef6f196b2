import { SocketsError } from '../../protocol/sockets.errors.js';

/** The port cannot be had. */
export function listenFailed(port: number, cause: NodeJS.ErrnoException): SocketsError {
  const hint =
    cause.code === 'EADDRINUSE'
      ? 'Something else listens there. Stop it, or choose another with the option "port" or SOCKET_PORT (0 takes any free one).'
      : 'Check the options "port" and "host".';
  return new SocketsError(
    'LISTEN_FAILED',
    `Cannot listen on port ${port}: ${cause.message}. ${hint}`,
    {
      cause,
    },
  );
}
