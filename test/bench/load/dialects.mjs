// How the same requests look on the wire of each server.

/**
 * @typedef {object} Dialect
 * @property {string} path where to connect
 * @property {(name: string, json: string, sequence: number) => string} ask
 * @property {(name: string, json: string, sequence: number) => string} reply
 * @property {(name: string, json: string) => string} announce
 * @property {(json: string) => string} push
 * @property {(text: string) => unknown} payloadOf what a reply carries
 */

/** This project's, PROTOCOL.md section 5. @type {Dialect} */
const sockets = {
  path: '/',
  ask: (name, json) => `{"request":"${name}","data":${json}}`,
  reply: (name, json) => `{"request":"${name}","response":${json}}`,
  announce: (name, json) => `{"request":"${name}","data":${json}}`,
  push: (json) => `{"request":"announcement","data":${json}}`,
  payloadOf: (text) => JSON.parse(text).response,
};

/** @type {Dialect} */
const nest = {
  path: '/',
  ask: (name, json) => `{"event":"${name}","data":${json}}`,
  reply: (name, json) => `{"event":"${name}","data":${json}}`,
  announce: (name, json) => `{"event":"${name}","data":${json}}`,
  push: (json) => `{"event":"announcement","data":${json}}`,
  payloadOf: (text) => JSON.parse(text).data,
};

/** Engine.io 4 packets ('4' is a message) around socket.io 5 packets ('2' event, '3' acknowledgement). @type {Dialect} */
const socketIo = {
  path: '/socket.io/?EIO=4&transport=websocket',
  ask: (name, json, sequence) => `42${sequence}["${name}",${json}]`,
  reply: (_name, json, sequence) => `43${sequence}[${json}]`,
  announce: (name, json) => `42["${name}",${json}]`,
  push: (json) => `42["announcement",${json}]`,
  payloadOf: (text) => JSON.parse(text.slice(text.indexOf('[')))[0],
};

/** @type {Record<'sockets' | 'nest' | 'socketIo', Dialect>} */
export const dialects = { sockets, nest, socketIo };
