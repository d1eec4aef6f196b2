import { Parser } from '@asyncapi/parser';

const INFORMATION = 2;
// The document is one of AsyncAPI 3.0, and there is a newer version.
const EXPECTED = ['asyncapi-latest-version'];

/** What the parser of AsyncAPI has against a document, information about its version left out. */
export async function complaintsAbout(text: string): Promise<string[]> {
  const { diagnostics, document } = await new Parser().parse(text);
  const complaints = diagnostics
    .filter(({ code, severity }) => severity < INFORMATION || !EXPECTED.includes(String(code)))
    .map(({ code, message, path }) => `${code} at ${path.join('.')}: ${message}`);
  return document || complaints.length > 0 ? complaints : ['It is no document'];
}
