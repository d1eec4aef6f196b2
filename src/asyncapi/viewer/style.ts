/** The looks of the page, in light and dark. It holds no \`<\`. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fff; --front: #1c2024; --soft: #5c646c; --line: #d9dde1; --raised: #f4f6f8;
  --link: #0b5cad; --in: #0a6b3d; --out: #8a3ffc; --warn: #a3480f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171a; --front: #e6e9ec; --soft: #9aa3ab; --line: #31373d; --raised: #1d2125;
    --link: #6cb2ff; --in: #5fd39a; --out: #bd93ff; --warn: #f0a36b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr);
  background: var(--back); color: var(--front); font: 16px/1.5 system-ui, sans-serif;
}
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--back); }
.skip:focus { left: 0; z-index: 1; }
nav {
  position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem;
  border-right: 1px solid var(--line); background: var(--raised);
}
nav .title { margin: 0 0 .75rem; font-weight: 600; }
nav input {
  width: 100%; padding: .4rem .6rem; font: inherit; color: inherit;
  background: var(--back); border: 1px solid var(--soft); border-radius: 6px;
}
nav h2, .group > h2 {
  margin: 1rem 0 .25rem; font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
}
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a {
  display: block; padding: .15rem .4rem; color: inherit; text-decoration: none;
  border-radius: 4px; overflow-wrap: anywhere;
}
nav li a:hover, nav li a:focus { background: var(--line); }
#found { margin: .25rem 0 0; min-height: 1.5em; font-size: .85rem; color: var(--soft); }
main { padding: 1.5rem 2rem 6rem; max-width: 62rem; }
h1 { margin: 0 0 .5rem; font-size: 1.8rem; line-height: 1.2; }
h3 { margin: 0 0 .5rem; font-size: 1.2rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1rem 0 .25rem; font-size: .95rem; text-transform: capitalize; }
p { margin: .35rem 0; }
article { margin: .75rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 8px; }
article:target { border-color: var(--link); }
.badge {
  display: inline-block; padding: 0 .5em; border: 1px solid currentcolor; border-radius: 1em;
  font-size: .75rem; font-weight: 500; color: var(--soft); vertical-align: middle;
}
.badge.to-the-server { color: var(--in); }
.badge.from-the-server { color: var(--out); }
.badge.deprecated, .badge.before-authentication { color: var(--warn); }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow: auto; background: var(--raised); border-radius: 6px; }
.fields { margin: .25rem 0; padding: 0 0 0 1rem; list-style: none; border-left: 2px solid var(--line); }
.fields li { padding: .2rem 0; }
.name { font-weight: 600; }
.type { color: var(--soft); overflow-wrap: anywhere; }
.optional { font-size: .8rem; color: var(--soft); }
.rules code { margin-right: .5em; color: var(--soft); }
.choice { margin-left: 1rem; }
summary { cursor: pointer; color: var(--soft); }
[hidden] { display: none; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 50vh; border: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
}
@media print { nav { display: none; } body { display: block; } }
`;
