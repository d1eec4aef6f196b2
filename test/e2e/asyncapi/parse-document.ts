import { Parser } from '@asyncapi/parser';

// The document is one of AsyncAPI 3.0, and there is a newer version. It is information, no warning.
const EXPECTED = 'asyncapi-latest-version';

/** What the parser of AsyncAPI has against a document, information about its version left out. */
export async function complaintsAbout(text: string): Promise<string[]> {
  const { diagnostics, document } = await new Parser().parse(text);
  const complaints = diagnostics
    .filter(({ code }) => code !== EXPECTED)
    .map(({ code, message, path }) => `${code} at ${path.join('.')}: ${message}`);
  return document || complaints.length > 0 ? complaints : ['It is no document'];
}
