import { describe, expect, it } from '@jest/globals';
import { addAfterImports, addImport } from '../../../src/schematics/code.editor.js';

const add = (code: string) => addImport(code, 'Added', './added');

describe('An import', () => {
  it('comes after the others, written as they are', () => {
    expect(add(`import { A } from './a'; // first\n\nA;\n`)).toBe(
      `import { A } from './a'; // first\nimport { Added } from './added';\n\nA;\n`,
    );
    expect(add(`import { A } from "./a"\r\n\r\nA\r\n`)).toBe(
      `import { A } from "./a"\r\nimport { Added } from "./added"\r\n\r\nA\r\n`,
    );
    expect(add('A;\n')).toBe(`import { Added } from './added';\nA;\n`);
  });

  it('joins what comes from the same place', () => {
    expect(add(`import { A } from './added';\n`)).toBe(`import { A, Added } from './added';\n`);
    expect(add(`import {\n  A,\n  B, // why\n} from './added';\n`)).toBe(
      `import {\n  A,\n  B, // why\n  Added,\n} from './added';\n`,
    );
    expect(add(`import {\n  A // why\n} from './added.js';\n`)).toBe(
      `import {\n  A, // why\n  Added\n} from './added.js';\n`,
    );
  });

  it('does not join types alone, namespaces, or nothing', () => {
    for (const first of [`import type { A } from`, `import * as a from`, `import {} from`]) {
      const code = `${first} './added';\n`;
      expect(add(code)).toBe(`${code}import { Added } from './added';\n`);
    }
  });

  it('is not made twice', () => {
    const code = add(`import A from './a';\n`);
    expect(add(code)).toBe(code);
    const withNode = addImport(`import { existsSync } from 'fs';\n`, 'existsSync', 'node:fs');
    expect(withNode).toBe(`import { existsSync } from 'fs';\n`);
  });

  it.each(['{ Added }', 'Added', '* as Added', '{ Other as Added }'])(
    'is refused where `import %s` gives the name another meaning',
    (clause) => {
      expect(() => add(`import ${clause} from './elsewhere';\n`)).toThrow(
        "Added is imported from './elsewhere' already.",
      );
    },
  );
});

describe('A statement after the imports', () => {
  it('is set off by a blank line', () => {
    expect(addAfterImports(`import './a';\n\nrun();\n`, '// why', 'first();')).toBe(
      `import './a';\n\n// why\nfirst();\n\nrun();\n`,
    );
  });
});
