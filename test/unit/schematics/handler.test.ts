import { runInThisContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { namesOf } from '../../../src/schematics/handler.names.js';
import { handler, type HandlerOptions } from '../../../src/schematics/handler.schematic.js';
import { runRule, type MemoryFiles } from './memory.files.js';
import { newApplication } from './new-application.js';

// Short, and so long that more and more lines have to be broken.
const NAMES = [1, 4, 15, 25, 26, 30, 31, 32, 45, 46, 47, 61, 62, 63, 64].map((length) =>
  'x'.repeat(length),
);

const DEFAULTS = { sourceRoot: 'src', flat: false, spec: true };

const VALIDATING = '{ "dependencies": { "class-validator": "*", "class-transformer": "*" } }';

function generate(files: MemoryFiles, name: string, options: Partial<HandlerOptions> = {}) {
  const before = files.paths();
  const { said } = runRule(handler({ ...DEFAULTS, name, ...options }), files);
  return { said, created: files.paths().filter((path) => !before.includes(path)) };
}

describe('A generated handler', () => {
  it('lies in the folder of its name, with its DTO and its test', () => {
    expect(generate(newApplication(12), 'games/validate-game').created).toEqual([
      'src/games/dto/validate-game.dto.ts',
      'src/games/validate-game.handler.spec.ts',
      'src/games/validate-game.handler.ts',
    ]);
  });

  it('gets a folder of its own if its name has none, and not with --flat', () => {
    const options = { spec: false };
    const own = ['src/ping/dto/ping.dto.ts', 'src/ping/ping.handler.ts'];
    expect(generate(newApplication(12), 'ping', options).created).toEqual(own);
    const flat = ['src/dto/ping.dto.ts', 'src/ping.handler.ts'];
    expect(generate(newApplication(12), 'ping', { ...options, flat: true }).created).toEqual(flat);
    const path = ['src/a/b/dto/ping.dto.ts', 'src/a/b/ping.handler.ts'];
    expect(generate(newApplication(12), 'b/ping', { ...options, path: 'a' }).created).toEqual(path);
  });

  it('handles the request of its name, on Nest 12', () => {
    const files = newApplication(12);
    generate(files, 'games/validate-game');
    expect(files.readText('src/games/validate-game.handler.ts')).toBe(
      `import { MessageBody } from '@nestjs/websockets';
import { SocketHandler } from 'nestjs-sockets';
import { ValidateGameDto } from './dto/validate-game.dto.js';

@SocketHandler('validateGame')
export class ValidateGameHandler {
  // Nothing has checked the data: a client may send other ones, or none.
  server(@MessageBody() data?: ValidateGameDto) {
    return { received: data?.text ?? null };
  }
}
`,
    );
  });

  it('is imported as the application imports', () => {
    const files = newApplication(11);
    generate(files, 'games/validate-game');
    const handlerCode = files.readText('src/games/validate-game.handler.ts');
    expect(handlerCode).toContain(`from './dto/validate-game.dto';`);
    const module = files.readText('src/app.module.ts');
    expect(module).toContain(
      `import { ValidateGameHandler } from './games/validate-game.handler';`,
    );
    expect(module).toContain('providers: [AppService, ValidateGameHandler],');
  });

  it('validates where the application can', () => {
    const files = newApplication(11, { 'package.json': VALIDATING });
    generate(files, 'ping');
    expect(files.readText('src/ping/ping.handler.ts')).toContain(
      '@MessageBody(new ValidationPipe()) data: PingDto',
    );
    expect(files.readText('src/ping/dto/ping.dto.ts')).toContain('@IsString()');
  });

  it.each([undefined, null, 'hello', 5])('answers a client that sends %j', (data) => {
    const files = newApplication(12);
    generate(files, 'ping');
    const [, body = ''] = /server\(.*\{\n(.*)\n {2}\}/.exec(
      files.readText('src/ping/ping.handler.ts'),
    )!;
    const answer = runInThisContext(`(data) => { ${body} }`) as (data: unknown) => unknown;
    expect(answer(data)).toEqual({ received: null });
    expect(answer({ text: 'hello' })).toEqual({ received: 'hello' });
  });

  it.each([80, 100])('is written as Prettier would write it in %d columns', async (printWidth) => {
    const options = { singleQuote: true, trailingComma: 'all', printWidth } as const;
    const settings = { '.prettierrc': JSON.stringify(options) };
    for (const others of [settings, { ...settings, 'package.json': VALIDATING }]) {
      const files = newApplication(12, others);
      for (const name of NAMES) generate(files, name);
      for (const path of files.paths().filter((it) => /(handler|dto|module|spec)\.ts$/.test(it))) {
        const code = files.readText(path);
        expect(await format(code, { ...options, parser: 'typescript' })).toBe(code);
      }
    }
  });

  it('is provided by the nearest module', () => {
    const module = '@Module({})\nexport class GamesModule {}\n';
    const files = newApplication(12, {
      'src/games/a.module.ts': '',
      'src/games/games.module.ts': module,
    });
    const before = files.readText('src/app.module.ts');
    generate(files, 'games/moves/validate-move');
    expect(files.readText('src/games/games.module.ts')).toContain(
      '  providers: [ValidateMoveHandler],',
    );
    expect(files.readText('src/app.module.ts')).toBe(before);
  });

  it('is provided by none with --skip-import, or where there is none', () => {
    const files = newApplication(12);
    const before = files.readText('src/app.module.ts');
    generate(files, 'ping', { skipImport: true });
    expect(files.readText('src/app.module.ts')).toBe(before);
    expect(generate(files, 'pong', { sourceRoot: 'lib' }).said).toBe(
      'There is no module above lib/pong/pong.handler.ts: list PongHandler in one yourself.',
    );
  });

  it('has its test named as the application names tests', () => {
    const files = newApplication(12, { 'vitest.config.ts': '' });
    const { created } = generate(files, 'ping', { specFileSuffix: 'test' });
    expect(created).toContain('src/ping/ping.handler.test.ts');
    expect(files.readText('src/ping/ping.handler.test.ts')).toMatch(/^import .* from 'vitest';\n/);
  });

  it('is refused where its file or its name is taken', () => {
    const files = newApplication(12, { 'src/ping/ping.handler.ts': '' });
    expect(() => generate(files, 'ping')).toThrow('src/ping/ping.handler.ts already exists.');
    const module = `import { PongHandler } from './other';\n@Module({})\nclass AppModule {}\n`;
    const taken = newApplication(12, { 'src/app.module.ts': module });
    expect(() => generate(taken, 'pong')).toThrow(
      "PongHandler cannot be added to src/app.module.ts: PongHandler is imported from './other' already.",
    );
  });
});

describe('The names of a handler', () => {
  it.each(['validate-game', 'validateGame', 'ValidateGameHandler', 'validate_game'])(
    'come from %s',
    (name) => {
      const className = 'ValidateGame';
      expect(namesOf(name)).toEqual({ file: 'validate-game', request: 'validateGame', className });
    },
  );

  it('keep what is one word', () => {
    expect(namesOf('handler')).toMatchObject({ request: 'handler', className: 'Handler' });
    expect(namesOf('move2')).toMatchObject({ file: 'move2', className: 'Move2' });
  });

  it.each(['', '2games', 'spiel-für-zwei', 'ß', 'ﬁsh', 'aß', 'a$b', '-a', 'x'.repeat(65)])(
    'are not made of %j',
    (name) => {
      expect(() => namesOf(name)).toThrow('cannot name a handler. Begin with a letter');
    },
  );

  it('are not those of the framework', () => {
    expect(() => namesOf('heart-beat')).toThrow('"heartBeat" is sent by the framework itself.');
  });
});
