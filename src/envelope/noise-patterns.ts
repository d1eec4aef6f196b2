/** What a handshake message mixes in, in the words of Noise, 7.1 and 9.1. */
export type Token = 'e' | 's' | 'ee' | 'es' | 'se' | 'ss' | 'psk';

/** Who says what in a handshake, as the specification writes it. */
export interface Pattern {
  readonly name: string;
  /** Whether the initiator knows the responder's public key beforehand: `<- s` above the dots. */
  readonly knowsResponder: boolean;
  /** The initiator's message, then the responder's. */
  readonly messages: readonly [readonly Token[], readonly Token[]];
}

/** What both sides call the protocol, with the ciphers of version 2. */
export function protocolNameOf({ name }: Pattern): string {
  return `Noise_${name}_25519_AESGCM_SHA256`;
}

export const NNpsk0: Pattern = {
  name: 'NNpsk0',
  knowsResponder: false,
  messages: [
    ['psk', 'e'],
    ['e', 'ee'],
  ],
};

export const NKpsk0: Pattern = {
  name: 'NKpsk0',
  knowsResponder: true,
  messages: [
    ['psk', 'e', 'es'],
    ['e', 'ee'],
  ],
};

export const NK: Pattern = {
  name: 'NK',
  knowsResponder: true,
  messages: [
    ['e', 'es'],
    ['e', 'ee'],
  ],
};

export const IK: Pattern = {
  name: 'IK',
  knowsResponder: true,
  messages: [
    ['e', 'es', 's', 'ss'],
    ['e', 'ee', 'se'],
  ],
};
