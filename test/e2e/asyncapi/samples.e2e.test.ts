import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { SocketsDocument } from '../../../src/asyncapi/index.js';
import { useApps } from '../../fixtures/apps.js';
import { useReadmeSamples } from '../../readme/use-readme-samples.js';
import { complaintsAbout } from './parse-document.js';

const bench = useReadmeSamples();
const startApp = useApps();

describe('The samples of ASYNCAPI.md', () => {
  it('make a document that has what they say', async () => {
    const { JudgeGameHandler } =
      await bench.samples.load<Record<string, Type>>('documented.handler.ts');
    const { AnnouncerWithDocument } =
      await bench.samples.load<Record<string, Type>>('documented.pushes.ts');
    const { app } = await startApp({ providers: [JudgeGameHandler!, AnnouncerWithDocument!] });
    const document = SocketsDocument.create(app);
    expect(await complaintsAbout(SocketsDocument.toYaml(document))).toEqual([]);
    const { messages, schemas } = document.components;
    expect(document.operations['receive.judgeGame']?.summary).toBe('Judges a game');
    expect(schemas.JudgedGameDto).toMatchObject({ properties: { pgn: { maxLength: 5_000 } } });
    expect(schemas.JudgementDto).toMatchObject({ properties: { plies: { type: 'integer' } } });
    expect(messages['announcement.push']?.payload.properties?.data).toMatchObject({
      properties: { msg: { type: 'string' }, games: { type: 'integer' } },
    });
    expect(messages).toHaveProperty(['status.answer']);
  });
});
