import { describe, expect, it } from '@jest/globals';
import { addToModule } from '../../../src/schematics/module.editor.js';

/** Of a module with that metadata, the metadata after one provider more. */
function withProvider(metadata: string): string {
  const code = addToModule(`@Module(${metadata})\nexport class M {}\n`, 'providers', 'X');
  return code.slice('@Module('.length, code.lastIndexOf(')'));
}

describe('A provider', () => {
  it.each([
    ['an empty list', '{ providers: [] }', '{ providers: [X] }'],
    ['a list in one line', '{ providers: [A, B] }', '{ providers: [A, B, X] }'],
    [
      'a list of lines',
      '{\n  providers: [\n    A,\n    B,\n  ],\n}',
      '{\n  providers: [\n    A,\n    B,\n    X,\n  ],\n}',
    ],
    [
      'a list of lines without a last comma',
      '{\n\tproviders: [\n\t\tA\n\t]\n}',
      '{\n\tproviders: [\n\t\tA,\n\t\tX\n\t]\n}',
    ],
    [
      'a list with comments, brackets in them',
      `{\n  providers: [\n    A, // not [B]\n    { provide: ']', useValue: [1] }, // last\n  ],\n}`,
      `{\n  providers: [\n    A, // not [B]\n    { provide: ']', useValue: [1] }, // last\n    X,\n  ],\n}`,
    ],
    ['no list', '{ imports: [] }', '{ imports: [], providers: [X] }'],
    ['no list, in lines', '{\n  imports: [],\n}', '{\n  imports: [],\n  providers: [X],\n}'],
    ['no metadata', '{}', '{\n  providers: [X],\n}'],
    ['a constant', '{ providers: ALL }', '{ providers: [...ALL, X] }'],
    ['an expression', '{ providers: ALL.concat(A) }', '{ providers: [...ALL.concat(A), X] }'],
    [
      'a constant of the name',
      '{ providers, imports }',
      '{ providers: [...providers, X], imports }',
    ],
    ['itself', '{ providers: [X, A] }', '{ providers: [X, A] }'],
  ])('is added to %s', (_title, before, after) => {
    expect(withProvider(before)).toBe(after);
  });

  it('is added to the module, whatever else the file has', () => {
    const code = `// @Module({ providers: [] })
const text = '@Module({ providers: [] })';
@Injectable()
class A {}
@Global()
@Module({ providers: [A] })
export class M {}
`;
    expect(addToModule(code, 'providers', 'X')).toBe(code.replace('[A]', '[A, X]'));
  });

  it('makes lines of a list that has become too long for one', () => {
    const before = `{\n\tproviders: [${'A'.repeat(30)}, ${'B'.repeat(30)}]\n}`;
    const code = `@Module(${before})\nclass M {}\n`;
    const broken = `[\n\t\t${'A'.repeat(30)},\n\t\t${'B'.repeat(30)},\n\t\tX\n\t]`;
    const whole = code.replace(']', ', X]');
    // A tab counts as two.
    const exact = whole.split('\n')[1]!.length + 1;
    expect(addToModule(code, 'providers', 'X', exact)).toBe(whole);
    expect(addToModule(code, 'providers', 'X', exact - 1)).toBe(code.replace(/\[.*\]/, broken));
  });

  it('leaves a long line with a comment to people', () => {
    const long = `{\n  providers: [${'A'.repeat(80)}], // why\n}`;
    expect(withProvider(long)).toBe(long.replace(']', ', X]'));
  });

  it.each(['@Module(metadata)\nclass M {}', '@Module()\nclass M {}', 'class M {}', ''])(
    'is refused by %j',
    (code) => {
      expect(() => addToModule(code, 'providers', 'X')).toThrow('There is no @Module({ ... })');
    },
  );

  it('is refused by a method', () => {
    expect(() => withProvider('{ providers() {} }')).toThrow("The module's providers are no list.");
  });
});
