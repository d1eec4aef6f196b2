import { Controller, Get, Header, Inject, StreamableFile } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WatcherPass } from '../live-view.js';
import { HALL_OPTIONS, type HallOptions } from '../hall/hall.options.js';
import { WatcherPasses } from './watcher-passes.service.js';

// Beside the compiled server, where `npm run build:page` puts it.
const PAGE = new URL('../../page/', import.meta.url);
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'";

/** The page of the game hall, and what it needs to connect. */
@Controller()
export class PageController {
  constructor(
    private readonly passes: WatcherPasses,
    @Inject(HALL_OPTIONS) private readonly options: HallOptions,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  page(): StreamableFile {
    return file('index.html');
  }

  @Get('page.js')
  @Header('content-type', 'text/javascript')
  script(): StreamableFile {
    return file('page.js');
  }

  @Get('style.css')
  @Header('content-type', 'text/css')
  style(): StreamableFile {
    return file('style.css');
  }

  @Get('pass')
  @Header('cache-control', 'no-store')
  pass(): WatcherPass {
    const { serverPublicKey, cluster } = this.options;
    return { token: this.passes.issue(), serverPublicKey, hasNodes: cluster !== undefined };
  }
}

function file(name: string): StreamableFile {
  return new StreamableFile(createReadStream(fileURLToPath(new URL(name, PAGE))));
}
