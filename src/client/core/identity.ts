/** A private key: its text in Node, a key pair of WebCrypto in browsers. */
export type Identity = string | { readonly privateKey: object; readonly publicKey: object };

/** How it is given where the client runs. */
export interface IdentityFormat {
  readonly isValid: (value: unknown) => boolean;
  readonly expected: string;
}
