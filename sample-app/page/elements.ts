/** An element of index.html, which has it. */
export function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

export function show(id: string, text: string | number): void {
  element(id).textContent = String(text);
}
