import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nestAdd, type AddOptions } from '../../../src/schematics/nest-add.schematic.js';
import { PEER_RANGES } from '../../../src/schematics/peers.js';
import { runRule, type MemoryFiles } from './memory.files.js';
import { newApplication } from './new-application.js';

const DEFAULTS: AddOptions = { sourceRoot: 'src', encryption: true, skipTest: false };

function add(files: MemoryFiles, options: Partial<AddOptions> = {}) {
  return runRule(nestAdd({ ...DEFAULTS, ...options }), files);
}

function added(before: MemoryFiles, options: Partial<AddOptions> = {}): MemoryFiles {
  add(before, options);
  return before;
}

function withManifest(manifest: object, others: Readonly<Record<string, string>> = {}) {
  return newApplication(11, { 'package.json': JSON.stringify(manifest), ...others });
}

describe('nest add', () => {
  it('adds the module and two handlers to the module of the application', () => {
    const code = added(newApplication(12)).readText('src/app.module.ts');
    expect(code).toContain(`import { SocketsModule } from 'nestjs-sockets';`);
    expect(code).toContain(`import { AuthHandler } from './sockets/auth.handler.js';`);
    expect(code).toContain('  imports: [SocketsModule.forRoot()],\n');
    expect(code).toContain('  providers: [AppService, AuthHandler, PingHandler],\n');
  });

  it('writes the handlers, with tests', () => {
    const files = added(newApplication(11));
    expect(files.getDir('src/sockets').subfiles).toEqual([
      'auth.handler.spec.ts',
      'auth.handler.ts',
      'ping.handler.spec.ts',
      'ping.handler.ts',
    ]);
  });

  it('writes no tests if none are wanted, or nothing could run them', () => {
    const names = ['auth.handler.ts', 'ping.handler.ts'];
    const unwanted = added(newApplication(11), { skipTest: true });
    expect(unwanted.getDir('src/sockets').subfiles).toEqual(names);
    const files = withManifest({ dependencies: { '@nestjs/common': '^11.0.0' } });
    expect(added(files).getDir('src/sockets').subfiles).toEqual(names);
  });

  it('gives the options to the module', () => {
    const module = (options: Partial<AddOptions>) =>
      added(newApplication(12), options).readText('src/app.module.ts');
    expect(module({ port: 'http' })).toContain(`SocketsModule.forRoot({ port: 'http' })`);
    expect(module({ port: 2668, encryption: false })).toContain(
      'SocketsModule.forRoot({ port: 2668, encryption: false })',
    );
    // As the engine of Nest 11 has it.
    expect(module({ encryption: 'false' })).toContain('forRoot({ encryption: false })');
  });

  it('has .env read where the application starts', () => {
    expect(added(newApplication(12)).readText('src/main.ts')).toContain(
      `import { existsSync } from 'node:fs';

// What the environment has already stays as it is.
if (existsSync('.env')) process.loadEnvFile();

async function bootstrap() {`,
    );
  });

  it.each([
    ['the application does', { 'src/main.ts': `import 'dotenv/config';\n` }],
    [
      '@nestjs/config does',
      { 'src/config.module.ts': '@Module({ imports: [ConfigModule.forRoot()] })' },
    ],
  ])('reads no .env where %s', (_title, others) => {
    const files = newApplication(12, others);
    expect(added(files).readText('src/main.ts')).not.toContain('loadEnvFile');
  });

  it('has SIGTERM drain, where it does not yet', () => {
    const main = (code: string) =>
      added(newApplication(12, { 'src/main.ts': code })).readText('src/main.ts');
    expect(added(newApplication(11)).readText('src/main.ts')).toContain(
      `  const app = await NestFactory.create(AppModule);
  // SIGTERM answers what is under way, and then ends the application.
  app.enableShutdownHooks();
  await app.listen(`,
    );
    const fastify = `import "a"\nconst it = await NestFactory.create<X>(\n  M,\n) // why\nrun(it)\n`;
    expect(main(fastify)).toMatch(/\) \/\/ why\n\/\/ SIGTERM .*\nit\.enableShutdownHooks\(\)\nrun/);
    const draining = main(`${fastify}it.enableShutdownHooks()\n`);
    expect(draining.match(/enableShutdownHooks/g)).toHaveLength(1);
  });

  it('says what is left where main.ts starts the application in its own way', () => {
    const { said } = add(newApplication(12, { 'src/main.ts': 'start(AppModule);\n' }));
    expect(said).toContain(
      'src/main.ts starts the application in its own way: call app.enableShutdownHooks() there.',
    );
  });

  it('frees the end-to-end tests of the port that the application has', () => {
    const test = `import { AppModule } from './../src/app.module.js';\n\ndescribe('App', () => {});\n`;
    const e2e = (options: Partial<AddOptions>, code = test) =>
      added(newApplication(12, { 'test/app.e2e-spec.ts': code }), options).readText(
        'test/app.e2e-spec.ts',
      );
    expect(e2e({})).toBe(
      test.replace(
        '\n\n',
        `\n\n// Any free port: the application itself may be running.\nprocess.env.SOCKET_PORT = '0';\n\n`,
      ),
    );
    expect(e2e({ port: 'http' })).toBe(test);
    const own = test.replace('\n\n', `\n\nprocess.env.SOCKET_PORT = '5';\n`);
    expect(e2e({}, own)).toBe(own);
  });

  it('says what is left where there is no main.ts', () => {
    const module = '@Module({})\nexport class LibModule {}\n';
    const files = newApplication(12, { 'lib/lib.module.ts': module });
    const { said } = add(files, { sourceRoot: 'lib' });
    expect(said).toContain(
      'There is no lib/main.ts: read .env, and call app.enableShutdownHooks() where the application starts.',
    );
  });

  it('says what to do next', () => {
    const { said } = add(newApplication(12));
    expect(said).toContain('listens on port 2667');
    expect(said).toContain('npm test');
    expect(add(newApplication(12), { port: 'http' }).said).toContain(
      'on the port of the application',
    );
  });

  it.each([
    [{}, 'ws://localhost:2667 --env .env\n'],
    [{ port: 2668 }, 'ws://localhost:2668 --env .env\n'],
    [{ port: 'http' }, 'ws://localhost:3000 --env .env\n'],
    [{ port: 0 }, 'ws://localhost:PORT --env .env\n'],
    [{ encryption: 'false' }, 'ws://localhost:2667 --env .env --no-encryption\n'],
  ] as const)('names the lines to type with %j', (options, line) => {
    const { said } = add(newApplication(12), options);
    expect(said).toContain(`  npx nestjs-sockets connect ${line}`);
    expect(said).toContain('Type: ping {"text":"hello"}\n');
  });

  it.each([11, 12] as const)('changes nothing when it runs again, on Nest %d', (major) => {
    const files = added(newApplication(major));
    const before = files.all();
    const { tasks } = add(files, { port: 'http' });
    expect(files.all()).toEqual(before);
    expect(tasks).toEqual([]);
  });

  it('leaves an application alone that has the module', () => {
    const module = '@Module({ imports: [SocketsModule.forRootAsync({})] })\nclass Deep {}\n';
    const files = newApplication(12, { 'src/deep/deep.module.ts': module });
    const { said } = add(files);
    expect(said).toBe('src/deep/deep.module.ts has SocketsModule, and stays as it is.');
    expect(files.paths().filter((path) => path.startsWith('src/sockets'))).toEqual([]);
  });

  it('keeps the handlers that it finds', () => {
    const files = newApplication(12, { 'src/sockets/auth.handler.ts': '// mine\n' });
    expect(added(files).readText('src/sockets/auth.handler.ts')).toBe('// mine\n');
  });

  it('says where it cannot be added', () => {
    const files = newApplication(12, { 'src/app.module.ts': '@Module(metadata)\nclass M {}\n' });
    expect(() => add(files)).toThrow(
      'SocketsModule cannot be added to src/app.module.ts: There is no @Module({ ... }) to add to.',
    );
    expect(() => add(newApplication(12), { sourceRoot: 'lib' })).toThrow('no module in lib');
  });
});

describe('The key', () => {
  const environment = (others: Readonly<Record<string, string>>) =>
    added(newApplication(12, others)).readText('.env');

  it('is strong, another one each time, and out of the sight of git', () => {
    const files = added(newApplication(12));
    expect(files.readText('.env')).toMatch(/^SOCKET_AUTH_KEY=[\w-]{43}\n$/);
    expect(environment({})).not.toBe(files.readText('.env'));
    expect(files.readText('.gitignore')).toBe('node_modules\n.env\n');
    expect(files.readText('.env.example')).toMatch(/^#.*\nSOCKET_AUTH_KEY=\n$/);
  });

  it.each(['SOCKET_AUTH_KEY=mine\n', 'A=1\nexport SOCKET_AUTH_KEY = "mine"'])(
    'stays if there is one: %j',
    (before) => {
      expect(environment({ '.env': before })).toBe(before);
    },
  );

  it('is put beside what else is in .env', () => {
    expect(environment({ '.env': 'A=1' })).toMatch(/^A=1\nSOCKET_AUTH_KEY=[\w-]{43}\n$/);
    expect(environment({ '.env': 'A=1\r\n' })).toMatch(/^A=1\r\nSOCKET_AUTH_KEY=[\w-]{43}\r\n$/);
    expect(environment({ '.env': 'SOCKET_AUTH_KEY=\nB=2\n' })).toMatch(
      /^SOCKET_AUTH_KEY=[\w-]{43}\nB=2\n$/,
    );
    expect(environment({ '.env': '# SOCKET_AUTH_KEY=x\n' })).toMatch(/x\nSOCKET_AUTH_KEY=/);
  });

  it.each(['.env\n', '/.env\n', '.env*\n', 'dist\n**/.env\n'])(
    'is ignored by git once: %j',
    (before) => {
      expect(added(newApplication(12, { '.gitignore': before })).readText('.gitignore')).toBe(
        before,
      );
    },
  );

  it('is not taken for ignored because others are', () => {
    const before = '.env.local\n!.env.example\n';
    const files = added(newApplication(12, { '.gitignore': before }));
    expect(files.readText('.gitignore')).toBe(`${before}.env\n`);
  });
});

describe('The peers', () => {
  it('are those of the major of Nest, and get installed', () => {
    for (const major of [11, 12] as const) {
      const files = newApplication(major);
      const { tasks } = add(files);
      expect(JSON.parse(files.readText('package.json'))).toMatchObject({
        dependencies: PEER_RANGES.get(String(major)),
      });
      expect(tasks).toMatchObject([{ name: 'node-package', options: { packageManager: 'npm' } }]);
    }
  });

  it('lie in the ranges that the package names', () => {
    const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    for (const name of ['@nestjs/platform-ws', '@nestjs/websockets']) {
      const ranges = [...PEER_RANGES.values()].map((peers) => peers[name]);
      expect(ranges.join(' || ')).toBe(peerDependencies[name]);
    }
  });

  it('keep their ranges if they are there, and the file its indentation', () => {
    const manifest = {
      dependencies: { '@nestjs/common': '^12.0.0', '@nestjs/websockets': '12.1.0' },
    };
    const files = newApplication(12, { 'package.json': JSON.stringify(manifest, null, '\t') });
    const text = added(files).readText('package.json');
    expect(text).toContain('\n\t\t"@nestjs/websockets": "12.1.0"');
    expect(text).toContain('\n\t\t"@nestjs/testing": "^12.0.0"');
  });

  it('are found for what is installed where the range says nothing', () => {
    const manifest = { dependencies: { '@nestjs/common': 'latest' } };
    const installed = { 'node_modules/@nestjs/common/package.json': '{ "version": "11.2.0" }' };
    const files = added(withManifest(manifest, installed));
    expect(files.readText('package.json')).toContain('"@nestjs/platform-ws": "^11.0.5"');
    expect(() => add(withManifest(manifest))).toThrow('@nestjs/common is "latest" here');
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
  ])('are installed by whom %s belongs to', (lock, packageManager) => {
    const { tasks } = add(newApplication(12, { [lock]: '' }));
    expect(tasks).toMatchObject([{ options: { packageManager } }]);
  });

  it('are none for other majors of Nest', () => {
    const files = withManifest({ dependencies: { '@nestjs/common': '^10.4.0' } });
    expect(() => add(files)).toThrow(
      '@nestjs/common is 10 here: nestjs-sockets needs Nest 11 or 12.',
    );
    expect(() => add(newApplication(12, { 'package.json': '{}' }))).toThrow('is "" here');
  });
});
