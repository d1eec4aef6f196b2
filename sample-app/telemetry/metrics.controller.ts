import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { HallMetrics } from './hall-metrics.js';

/** What Prometheus reads. Where strangers reach the server, it belongs behind a guard or on another port. */
@Controller()
export class MetricsController {
  constructor(private readonly metrics: HallMetrics) {}

  @Get('metrics')
  read(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    this.metrics.answer(request, response);
  }
}
