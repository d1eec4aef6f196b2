import type { ErrorBody } from '../../protocol/error-body.js';
import type { MessageId, Payload } from '../../protocol/message.js';
import type { RoomMemberInfo } from '../../protocol/room-message.js';

/** Whom something is for, of the authenticated clients of a node. */
export type Target =
  | { readonly all: true }
  | { readonly client: number }
  | { readonly meta: string; readonly value: unknown }
  | {
      readonly rooms: readonly string[];
      /** Ids of clients, and rooms whose members are left out. */
      readonly except: readonly (number | string)[];
    };

/** What one node asks another one for. */
export type ClusterCall =
  | { readonly method: 'clients'; readonly after: number }
  | {
      readonly method: 'ask';
      readonly client: number;
      readonly name: string;
      /** Milliseconds; null for no end. */
      readonly timeout: number | null;
      /** What caused it: PROTOCOL.md R4.10. Not checked yet. */
      readonly trace?: string | undefined;
    };

/** How an answer failed: with an error of this package, or with one that the client sent. */
export interface ClusterFailure extends ErrorBody {
  readonly isRemote: boolean;
}

/** What a message between nodes says, beside its payload. */
export type ClusterHead =
  | { readonly kind: 'push'; readonly to: Target; readonly name: string }
  | {
      readonly kind: 'close';
      readonly to: Target;
      readonly code?: number | undefined;
      readonly reason?: string | undefined;
    }
  /** A node has come, or goes. */
  | { readonly kind: 'node'; readonly event: 'up' | 'down'; readonly node: number }
  | { readonly kind: 'leave'; readonly to: Target; readonly rooms: readonly string[] }
  | {
      readonly kind: 'member';
      readonly event: 'joined' | 'left';
      readonly room: string;
      readonly member: RoomMemberInfo;
    }
  | {
      readonly kind: 'call';
      readonly id: MessageId;
      readonly from: number;
      readonly call: ClusterCall;
    }
  | {
      readonly kind: 'answer';
      readonly id: MessageId;
      readonly from: number;
      readonly error?: ClusterFailure;
    };

export interface ClusterMessage {
  readonly head: ClusterHead;
  /** What a push, a call or an answer carries: JSON text, bytes, or nothing. */
  readonly payload?: Payload;
}
