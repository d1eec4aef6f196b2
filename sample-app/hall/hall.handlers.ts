import { Injectable, UsePipes, ValidationPipe } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { SocketOperation } from '../../src/asyncapi/index.js';
import { SocketHandler } from '../../src/index.js';
import type { ConnectedClient } from '../../src/index.js';
import type { LiveView } from '../live-view.js';
import type { Progress } from '../messages.js';
import { LIVE_VIEW, NOTHING, PROGRESS } from '../messages.schemas.js';
import { GameHall } from './game-hall.service.js';
import { LiveHall } from './live-hall.service.js';
import { ReportDto } from './report.dto.js';

/** The hall's smaller handlers: methods of one provider. */
@Injectable()
export class HallHandlers {
  constructor(
    private readonly hall: GameHall,
    private readonly live: LiveHall,
  ) {}

  /** A worker is done with its share. It asks for no reply, and gets none. */
  @SocketOperation({ summary: 'A worker is done with its share', response: NOTHING })
  @SocketHandler('report')
  @UsePipes(ValidationPipe)
  report(report: ReportDto, client: ConnectedClient): void {
    this.hall.report(String(client.meta.name), report);
  }

  /** A stream: whoever asks for it sees the round go on until it is over. */
  @SocketOperation({ summary: 'A round, percent by percent', response: PROGRESS, stream: true })
  @SocketHandler('watchProgress')
  watchProgress(): Observable<Progress> {
    return this.hall.progress$;
  }

  /** What the page shows. */
  @SocketOperation({ summary: 'What goes on right now', response: LIVE_VIEW, stream: true })
  @SocketHandler('watchHall')
  watchHall(): Observable<LiveView> {
    return this.live.view$;
  }
}
