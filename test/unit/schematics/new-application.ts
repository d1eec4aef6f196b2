import { MemoryFiles } from './memory.files.js';

const KINDS = {
  11: { ending: '', manifest: {}, testRunner: 'jest' },
  12: { ending: '.js', manifest: { type: 'module' }, testRunner: 'vitest' },
} as const;

/** What of a new application, as `nest new` writes it, the schematics look at. */
export function newApplication(
  major: 11 | 12,
  others: Readonly<Record<string, string>> = {},
): MemoryFiles {
  const { ending, manifest, testRunner } = KINDS[major];
  const dependencies = { '@nestjs/common': `^${major}.0.1`, 'nestjs-sockets': '^0.1.0' };
  const devDependencies = { '@nestjs/testing': `^${major}.0.1`, [testRunner]: '*' };
  return new MemoryFiles({
    'package.json': `${JSON.stringify({ ...manifest, dependencies, devDependencies }, null, 2)}\n`,
    'vitest.config.ts': 'export default defineConfig({ test: { globals: true } });\n',
    '.gitignore': 'node_modules\n',
    'src/app.module.ts': appModule(ending),
    'src/main.ts': main(ending),
    ...others,
  });
}

function appModule(ending: string): string {
  return `import { Module } from '@nestjs/common';
import { AppController } from './app.controller${ending}';
import { AppService } from './app.service${ending}';

@Module({
  imports: [],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
`;
}

function main(ending: string): string {
  return `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module${ending}';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
}
