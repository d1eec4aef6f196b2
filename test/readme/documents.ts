import { MarkdownDocument } from './markdown.js';

/** What users of the package read; all of it comes with the package. */
export const USER_DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'src/RECIPES.md',
  'src/asyncapi/ASYNCAPI.md',
  'src/cli/CLI.md',
  'src/client/CLIENT.md',
  'src/client/browser/BROWSER.md',
  'src/envelope/KEYS.md',
  'src/handlers/HANDLERS.md',
  'src/options/OPTIONS.md',
  'src/protocol/MIGRATION.md',
  'src/protocol/PROTOCOL-V2.md',
  'src/protocol/PROTOCOL.md',
  'src/protocol/TROUBLESHOOTING.md',
  'src/schematics/SCHEMATICS.md',
  'src/server/operations/OPERATIONS.md',
  'src/server/rooms/ROOMS.md',
  'src/telemetry/TELEMETRY.md',
  'src/testing/TESTING.md',
] as const;

/** What those read who work on it. */
export const PROJECT_DOCUMENTS = [
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
  'test/vectors/README.md',
] as const;

export const DOCUMENTS = [...USER_DOCUMENTS, ...PROJECT_DOCUMENTS];

export function readDocument(path: (typeof DOCUMENTS)[number]): MarkdownDocument {
  return new MarkdownDocument(path);
}
