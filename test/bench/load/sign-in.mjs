import { isDeepStrictEqual } from 'node:util';
import { globalKeyOf } from '../global-key.mjs';
import { dialects } from './dialects.mjs';
import { prepareHellos } from './record-session.mjs';
import { LoadConnection } from './load-connection.mjs';

const AWKWARD = {
  text: 'é "quoted" \\ \u2028 日本語 😀\n',
  number: -1.5e-3,
  list: [1, null, { deep: [true, ''] }],
};

async function signInToSocketIo(connection, authKey) {
  if (!(await connection.nextText()).startsWith('0{')) throw new Error('no engine.io open packet');
  connection.send(`40${JSON.stringify({ authKey })}`);
  connection.flush();
  const answer = await connection.nextText();
  if (!answer.startsWith('40{')) throw new Error(`authentication refused: ${answer}`);
}

async function signIn(connection, dialect, authKey) {
  connection.send(dialect.ask('auth', JSON.stringify({ authKey }), 0));
  connection.flush();
  const text = await connection.nextText();
  if (dialect.payloadOf(text) !== 'success') throw new Error(`authentication refused: ${text}`);
  if (connection.key) connection.key = Buffer.from(JSON.parse(text).sessionKey, 'base64');
}

/** Connects and authenticates, again and again, to one server. */
export class SignIn {
  #globalKey;

  /**
   * @param {{ port: number, authKey: string, dialect: string, encrypted: boolean, randomIvs?: boolean,
   *   version?: 1 | 2, tls?: boolean, concurrency?: number }} target
   */
  constructor({ port, authKey, dialect, encrypted, randomIvs, version, tls, concurrency = 16 }) {
    this.port = port;
    this.tls = tls;
    this.hellos = version === 2 ? prepareHellos(authKey) : undefined;
    this.authKey = authKey;
    this.dialect = dialects[dialect];
    this.concurrency = concurrency;
    this.randomIvs = randomIvs;
    this.#globalKey = encrypted && version !== 2 ? globalKeyOf(authKey) : null;
  }

  /** @returns {Promise<LoadConnection>} */
  async connect() {
    const { port, authKey, dialect, randomIvs, tls } = this;
    const sayHello = await this.hellos;
    const connection = await LoadConnection.open({
      port,
      path: dialect.path,
      key: this.#globalKey,
      randomIvs,
      tls,
      session: sayHello?.(),
    });
    if (dialect === dialects.socketIo) await signInToSocketIo(connection, authKey);
    else await signIn(connection, dialect, authKey);
    return connection;
  }

  /** @param {number} count @returns {Promise<LoadConnection[]>} */
  async connectMany(count) {
    const connections = [];
    let left = count;
    const work = async () => {
      while (left-- > 0) connections.push(await this.connect());
    };
    await Promise.all(Array.from({ length: this.concurrency }, work));
    return connections;
  }

  /** Escapes, non-ASCII text and nesting must come back unchanged. @param {LoadConnection} connection */
  async verifyEcho(connection) {
    connection.onText = null;
    connection.send(this.dialect.ask('echo', JSON.stringify(AWKWARD), 1));
    connection.flush();
    const payload = this.dialect.payloadOf(await connection.nextText());
    if (!isDeepStrictEqual(payload, AWKWARD)) throw new Error('an echo came back changed');
  }
}
