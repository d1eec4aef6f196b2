import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readDocument } from '../readme/documents.js';
import { bundle } from './support/bundle.js';

const ENTRY = 'src/client/browser/index.ts';

describe('The client for browsers', () => {
  it('is made without a module of Node', async () => {
    const { metafile } = await bundle(ENTRY);
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain('src/client/core/base-socket-client.ts');
    expect(inputs.filter((path) => /client\/node|server\/|handlers\//.test(path))).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).not.toContainEqual(
      expect.objectContaining({ external: true }),
    );
  });

  it('cannot be made with one', async () => {
    await expect(bundle('src/client/index.ts')).rejects.toThrow('node:');
  });

  it('is no larger than BROWSER.md says', async () => {
    const { files } = await bundle(ENTRY);
    const kilobytes = gzipSync(files.get('/index.js')!, { level: 9 }).length / 1_024;
    const text = readDocument('src/client/browser/BROWSER.md').prose();
    const [, promised] = /and ([\d.]+) KiB gzipped/.exec(text)!;
    expect(kilobytes).toBeLessThanOrEqual(Number(promised) + 0.1);
  });

  it('loads scrypt only when it is used', async () => {
    const { metafile } = await bundle(ENTRY);
    const withScrypt = Object.entries(metafile.outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).some((path) => path.includes('scrypt')))
      .map(([path]) => path);
    expect(withScrypt).toEqual([expect.stringContaining('global-key')]);
  });
});
