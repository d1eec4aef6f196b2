import type { HandlerNames } from './handler.names.js';
import type { Project } from './project.js';

const WITH_PIPE = 'new ValidationPipe()';

export function dtoCode({ className }: HandlerNames, { validates }: Project): string {
  return validates
    ? `import { IsString } from 'class-validator';

export class ${className}Dto {
  @IsString()
  text!: string;
}
`
    : `export class ${className}Dto {
  text!: string;
}
`;
}

export function handlerCode(names: HandlerNames, { validates, ending }: Project): string {
  const { file, request, className } = names;
  const pipe = validates ? WITH_PIPE : '';
  const importPipe = validates ? `import { ValidationPipe } from '@nestjs/common';\n` : '';
  return `${importPipe}import { MessageBody } from '@nestjs/websockets';
import { SocketHandler } from 'nestjs-sockets';
import { ${className}Dto } from './dto/${file}.dto${ending}';

@SocketHandler('${request}')
export class ${className}Handler {
  server(@MessageBody(${pipe}) data: ${className}Dto) {
    return { received: data.text };
  }
}
`;
}

export function handlerSpec(names: HandlerNames, project: Project): string {
  const { file, request, className } = names;
  return `${testImports(project)}import { Test } from '@nestjs/testing';
import { SharedKeyAuthHandler, SocketsModule } from 'nestjs-sockets';
import { SocketsTestApp } from 'nestjs-sockets/testing';
import { ${className}Handler } from './${file}.handler${project.ending}';

describe('${className}Handler', () => {
  let sockets: SocketsTestApp;

  beforeAll(async () => {
${startedWith('SharedKeyAuthHandler', `${className}Handler`)}
  });

  afterAll(() => sockets.close());

  it('answers a client', async () => {
    const client = await sockets.connect();
    const answer = await client.request('${request}', { text: 'hello' });
    expect(answer).toEqual({ received: 'hello' });
  });
});
`;
}

/** Nothing else of the application: its database need not be there. */
export function startedWith(...providers: string[]): string {
  const short = `        providers: [${providers.join(', ')}],`;
  const long = [
    '        providers: [',
    ...providers.map((name) => `          ${name},`),
    '        ],',
  ];
  return `    sockets = await SocketsTestApp.start(
      Test.createTestingModule({
        imports: [SocketsModule.forRoot({ authKey: 'for-these-tests-only' })],
${short.length > 80 ? long.join('\n') : short}
      }),
    );`;
}

export function testImports({ hasTestGlobals }: Project): string {
  if (hasTestGlobals) return '';
  return `import { afterAll, beforeAll, describe, expect, it } from 'vitest';\n`;
}
