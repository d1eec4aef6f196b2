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

export function handlerCode(names: HandlerNames, project: Project): string {
  const { file, request, className } = names;
  const { validates, ending, width } = project;
  const importPipe = validates ? `import { ValidationPipe } from '@nestjs/common';\n` : '';
  const [given, text] = validates ? ['', 'data.text'] : [UNCHECKED, 'data?.text ?? null'];
  return `${importPipe}import { MessageBody } from '@nestjs/websockets';
import { SocketHandler } from 'nestjs-sockets';
import { ${className}Dto } from './dto/${file}.dto${ending}';

${called('@SocketHandler', [`'${request}'`], '', width)}
export class ${className}Handler {
${given}${serverHead(names, project)}
    return { received: ${text} };
  }
}
`;
}

const UNCHECKED = '  // Nothing has checked the data: a client may send other ones, or none.\n';

function serverHead({ className }: HandlerNames, { validates, width }: Project): string {
  const [body, sign] = validates ? [`@MessageBody(${WITH_PIPE})`, ''] : ['@MessageBody()', '?'];
  const data = `data${sign}: ${className}Dto`;
  const fits = `    ${body} ${data},`.length <= width;
  return called('  server', [fits ? `${body} ${data}` : `${body}\n    ${data}`], ' {', width);
}

/** A call, or the head of a function, in one line if it fits, as Prettier has it. */
function called(head: string, given: readonly string[], tail: string, width: number): string {
  const short = `${head}(${given.join(', ')})${tail}`;
  if (short.length <= width && !short.includes('\n')) return short;
  const margin = /^ */.exec(head)![0];
  const lines = given.map((each) => `${margin}  ${each}`).join(',\n');

  return `${head}(\n${lines},\n${margin})${tail}`;
}

export function handlerSpec(names: HandlerNames, project: Project): string {
  const { file, request, className } = names;
  const asked = ['    const answer = await client.request', [`'${request}'`, 'data'], ';'] as const;
  return `${testImports(project)}import { Test } from '@nestjs/testing';
import { SharedKeyAuthHandler, SocketsModule } from 'nestjs-sockets';
import { SocketsTestApp } from 'nestjs-sockets/testing';
import { ${className}Handler } from './${file}.handler${project.ending}';

describe('${className}Handler', () => {
  let sockets: SocketsTestApp;

  beforeAll(async () => {
${startedWith(project, 'SharedKeyAuthHandler', `${className}Handler`)}
  });

  afterAll(() => sockets.close());

  it('answers a client', async () => {
    const client = await sockets.connect();
    const data = { text: 'hello' };
${called(...asked, project.width)}
    expect(answer).toEqual({ received: 'hello' });
  });
});
`;
}

/** Nothing else of the application: its database need not be there. */
export function startedWith({ width }: Project, ...providers: string[]): string {
  const short = `        providers: [${providers.join(', ')}],`;
  const long = [
    '        providers: [',
    ...providers.map((name) => `          ${name},`),
    '        ],',
  ];
  return `    sockets = await SocketsTestApp.start(
      Test.createTestingModule({
        imports: [SocketsModule.forRoot({ authKey: 'for-these-tests-only' })],
${short.length > width ? long.join('\n') : short}
      }),
    );`;
}

export function testImports({ hasTestGlobals }: Project): string {
  if (hasTestGlobals) return '';
  return `import { afterAll, beforeAll, describe, expect, it } from 'vitest';\n`;
}
