import { createHash } from 'node:crypto';
import type {
  AsyncApiDocument,
  AsyncApiOperation,
  AsyncApiServer,
} from '../types/async-api.types.js';
import { DocumentReader } from './document.reader.js';
import { Html, html, inline, prose } from './html.js';
import { operationView } from './operation.view.js';
import { detailsView, typeView } from './schema.view.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** Where the document itself is, as seen from the page. */
export interface DocumentLinks {
  readonly json: string;
  readonly yaml: string;
}

type Operations = readonly (readonly [key: string, operation: AsyncApiOperation])[];

// Nothing but what is in the page, whatever the application allows elsewhere.
const POLICY = [
  "default-src 'none'",
  'img-src data:',
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page to read: whole, without anything to load. It can also be read without its script. */
export function renderPage(
  document: AsyncApiDocument,
  links: DocumentLinks,
): { body: string; headers: Record<string, string> } {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  };
  return { headers, body: `<!doctype html>\n${frame(document, links).text}\n` };
}

function frame(document: AsyncApiDocument, links: DocumentLinks): Html {
  const groups = groupsOf(document);
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${document.info.title}</title>
      <link rel="icon" href="data:," />
      ${element('style', STYLE)}
    </head>
    <body>
      <a class="skip" href="#main">Skip to the content</a>
      ${navigation(document, groups)}
      <main id="main" tabindex="-1">
        ${header(document, links)} ${places(document)}
        ${groups.map((group) => groupView(group, document))} ${schemas(document)}
      </main>
      ${element('script', SCRIPT)}
    </body>
  </html>`;
}

/** Operations by their kind, which is the first of their tags. */
function groupsOf({ operations }: AsyncApiDocument): readonly (readonly [string, Operations])[] {
  const groups = new Map<string, (readonly [string, AsyncApiOperation])[]>();
  for (const entry of Object.entries(operations)) {
    const kind = entry[1].tags[0]?.name ?? 'others';
    groups.set(kind, [...(groups.get(kind) ?? []), entry]);
  }
  return [...groups];
}

function navigation(
  { info, components }: AsyncApiDocument,
  groups: readonly (readonly [string, Operations])[],
): Html {
  const link = ([key, { title }]: Operations[number]) =>
    html`<li><a href="#${key}">${title}</a></li>`;
  const group = ([kind, operations]: readonly [string, Operations]) =>
    html`<h2>${kind}</h2>
      <ul>
        ${operations.map(link)}
      </ul>`;
  const names = Object.keys(components.schemas);
  return html`<nav aria-label="Operations">
    <p class="title">${info.title}</p>
    <input
      id="search"
      type="search"
      placeholder="Search  /"
      aria-label="Search"
      autocomplete="off"
    />
    <p id="found" role="status"></p>
    ${groups.map(group)}
    <h2>schemas</h2>
    <ul>
      ${names.map((name) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
    </ul>
  </nav>`;
}

function header({ info, asyncapi }: AsyncApiDocument, { json, yaml }: DocumentLinks): Html {
  const { title, version, description, contact, license } = info;
  return html`<header>
    <h1>${title} <span class="badge">${version}</span></h1>
    ${prose(description)}
    <p>
      AsyncAPI ${asyncapi}: <a href="${json}">JSON</a>, <a href="${yaml}">YAML</a>${
        license && html` · License: ${license.name}`
      }${contact?.name && html` · ${contact.name}`}
    </p>
  </header>`;
}

function places({ servers, channels, components }: AsyncApiDocument): Html {
  const { address, description } = channels.sockets;
  const place = ([name, server]: [string, AsyncApiServer]) => {
    const path =
      server.pathname && address === '/' ? server.pathname : `${server.pathname ?? ''}${address}`;
    const url = `${server.protocol}://${server.host}${path}`;
    return html`<li>
      <code>${url}</code> ${name}${server.description && `: ${server.description}`}
    </li>`;
  };
  const schemes = Object.entries(components.securitySchemes);
  return html`<section class="places">
    <h2>Where</h2>
    <ul>
      ${Object.entries(servers).map(place)}
    </ul>
    <details>
      <summary>How messages travel, and how clients prove themselves</summary>
      ${prose(description)}
      ${schemes.map(([name, scheme]) => html`<p><strong>${name}</strong> ${inline(scheme.description)}</p>`)}
    </details>
  </section>`;
}

function groupView(
  [kind, operations]: readonly [string, Operations],
  document: AsyncApiDocument,
): Html {
  const reader = new DocumentReader(document);
  return html`<section class="group">
    <h2>${kind}</h2>
    ${operations.map(([key, operation]) => operationView(key, operation, reader))}
  </section>`;
}

function schemas({ components }: AsyncApiDocument): Html {
  const all = Object.entries(components.schemas);
  return html`<section class="group">
    <h2>schemas</h2>
    ${all.map(
      ([name, schema]) =>
        html`<article id="schema-${name}" data-search="${name.toLowerCase()}">
          <h3><a href="#schema-${name}">${name}</a></h3>
          <p class="type">${typeView(schema)}</p>
          ${detailsView(schema)}
        </article>`,
    )}
  </section>`;
}

/** Letter by letter, as the policy has the hash of it. */
function element(name: 'style' | 'script', text: string): Html {
  return new Html(`<${name}>${text}</${name}>`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
