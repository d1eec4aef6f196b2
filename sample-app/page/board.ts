import { element, show } from './elements.js';

const PIECES: Readonly<Record<string, readonly [symbol: string, name: string]>> = {
  k: ['♚', 'king'],
  q: ['♛', 'queen'],
  r: ['♜', 'rook'],
  b: ['♝', 'bishop'],
  n: ['♞', 'knight'],
  p: ['♟', 'pawn'],
};
const START = 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR';

/** Shows a position, given as FEN, and says it to those who do not see it. */
export function showBoard(fen = START): void {
  const [placement = START] = fen.split(' ');
  const squares = placement
    .split('/')
    .flatMap((rank) => [...rank.replaceAll(/\d/g, (count) => ' '.repeat(Number(count)))]);
  const board = element('board');
  board.setAttribute('role', 'img');
  board.setAttribute('aria-label', describe(squares));
  board.replaceChildren(...squares.map(squareOf));
}

export function showRemark(id: string, text: string, isValid: boolean): void {
  show(id, text);
  element(id).dataset['valid'] = String(isValid);
}

function squareOf(piece: string, index: number): HTMLElement {
  const square = document.createElement('span');
  const isDark = (index + Math.floor(index / 8)) % 2 === 1;
  const side = piece === piece.toUpperCase() ? 'white' : 'black';
  square.className = `${isDark ? 'dark' : 'light'} ${piece === ' ' ? '' : side}`;
  // The second character asks for the letter, not for its emoji.
  square.textContent = piece === ' ' ? '' : `${PIECES[piece.toLowerCase()]![0]}\u{FE0E}`;
  return square;
}

function describe(squares: readonly string[]): string {
  const places = squares.flatMap((piece, index) => {
    if (piece === ' ') return [];
    const side = piece === piece.toUpperCase() ? 'white' : 'black';
    const square = `${'abcdefgh'[index % 8]}${8 - Math.floor(index / 8)}`;
    return [`${side} ${PIECES[piece.toLowerCase()]![1]} ${square}`];
  });
  return `Chess board: ${places.join(', ')}`;
}
