/** The search of the page, and its keys: / to search, arrows in the list, Escape. It holds no \`<\`. */
export const SCRIPT = `
const search = document.querySelector('#search');
const found = document.querySelector('#found');
const links = [...document.querySelectorAll('nav li a')];
const articleOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const link of links) {
    const article = articleOf(link);
    const isFound = words.every((word) => article.dataset.search.includes(word));
    link.parentElement.hidden = article.hidden = !isFound;
    if (isFound) count += 1;
  }
  for (const list of document.querySelectorAll('nav ul')) {
    list.hidden = list.querySelector('li:not([hidden])') === null;
    list.previousElementSibling.hidden = list.hidden;
  }
  for (const group of document.querySelectorAll('.group')) {
    group.hidden = group.querySelector('article:not([hidden])') === null;
  }
  found.textContent = words.length === 0 ? '' : count === 1 ? '1 match' : count + ' matches';
}

function move(step) {
  const visible = links.filter((link) => !link.parentElement.hidden);
  const index = visible.indexOf(document.activeElement) + step;
  (visible[index] ?? search).focus();
}

// A schema may be hidden when a link leads to it.
function show() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.hidden) return;
  search.value = '';
  filter();
  target.scrollIntoView();
}

function onKey(event) {
  const isInList = event.target === search || links.includes(event.target);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/' && event.target !== search) search.focus();
  else if (event.key === 'Escape' && isInList) {
    search.value = '';
    filter();
    search.focus();
  } else if (event.key === 'ArrowDown' && isInList) move(1);
  else if (event.key === 'ArrowUp' && links.includes(event.target)) move(-1);
  else return;
  event.preventDefault();
}

search.addEventListener('input', filter);
addEventListener('hashchange', show);
addEventListener('keydown', onKey);
filter();
`;
