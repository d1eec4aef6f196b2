/** Metadata: the name under which a class or method handles requests. */
export const SOCKET_HANDLER = 'nestjs-sockets:handler';

/** Metadata: the handler is open to clients that have not authenticated. */
export const SKIP_AUTH = 'nestjs-sockets:skip-auth';

/** Metadata: the method gives the state of rooms whose names match. */
export const ROOM_STATE = 'nestjs-sockets:room-state';
