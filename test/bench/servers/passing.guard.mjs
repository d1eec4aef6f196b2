import { UseGuards } from '@nestjs/common';
import { MessageBody } from '@nestjs/websockets';

class PassingGuard {
  canActivate(context) {
    return context.switchToWs().getClient() !== undefined;
  }
}

/** Puts a guard that looks at the client, and `@MessageBody()`, on a method with one parameter. */
export function guard(prototype, methodName) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, methodName);
  UseGuards(PassingGuard)(prototype, methodName, descriptor);
  MessageBody()(prototype, methodName, 0);
}
