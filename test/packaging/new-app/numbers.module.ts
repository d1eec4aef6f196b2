import {
  Catch,
  Injectable,
  Module,
  Scope,
  UseFilters,
  UseInterceptors,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import {
  SharedKeyAuthHandler,
  SocketHandler,
  SocketServer,
  SocketsModule,
  type ConnectedClient,
} from 'nestjs-sockets';
import { map } from 'rxjs';

@SocketHandler()
export class AddNumbersHandler {
  constructor(private readonly sockets: SocketServer) {}

  server(data: { left: number; right: number }, client: ConnectedClient) {
    return {
      sum: data.left + data.right,
      role: client.meta.role,
      clients: this.sockets.clientMap.size,
    };
  }
}

@Injectable()
export class Doubling implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<number>) {
    return next.handle().pipe(map((value) => 2 * value));
  }
}

@Catch(RangeError)
export class TooFarFilter implements ExceptionFilter {
  catch(error: RangeError) {
    return { tooFar: error.message };
  }
}

@SocketHandler()
@UseInterceptors(Doubling)
@UseFilters(TooFarFilter)
export class CountNumbersHandler {
  server({ to }: { to: number }) {
    if (to > 100) throw new RangeError(`${to} numbers`);
    return this.count(to);
  }

  private async *count(to: number) {
    for (let number = 1; number <= to; number++) yield number;
  }
}

@Injectable()
export class MadeForEachMessage implements NestInterceptor {
  static made = 0;

  constructor() {
    MadeForEachMessage.made++;
  }

  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

@Module({
  imports: [SocketsModule.forRoot({ port: 0, authKey: 'a-shared-key-of-some-length' })],
  providers: [
    SharedKeyAuthHandler,
    AddNumbersHandler,
    CountNumbersHandler,
    { provide: APP_INTERCEPTOR, useClass: MadeForEachMessage, scope: Scope.REQUEST },
  ],
})
export class NumbersModule {}
