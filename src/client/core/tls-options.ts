/** The text of a PEM file, or its bytes. */
type Pem = string | Uint8Array;

/** Whose certificates a client in Node takes with `wss://`, and which it shows. As `node:tls` has them. */
export interface TlsOptions {
  /**
   * The CAs to trust, in place of those that come with Node: a private CA, or a certificate that was signed
   * by itself.
   * @default those of Node, and of `NODE_EXTRA_CA_CERTS`
   */
  ca?: Pem | readonly Pem[];
  /** The client's own certificate, for a server that asks for one; needs `key`. */
  cert?: Pem;
  /** The private key of `cert`. */
  key?: Pem;
  /**
   * The name that the server's certificate must be for.
   * @default the host of `address`
   */
  servername?: string;
  /**
   * Whether a certificate that is not trusted ends the attempt. `false` takes any, so TLS keeps nobody on the
   * way out: for tests alone.
   * @default true
   */
  rejectUnauthorized?: boolean;
}
