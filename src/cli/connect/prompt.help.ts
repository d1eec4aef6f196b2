import { HELP_COMMAND, QUIT_COMMAND } from './order.js';

/** What can be written in a line: at the prompt, and in a pipe. */
export const LINES_HELP = `  validateGame {"pgn":"1. e4"}   sends a request, and shows the reply
  stream countTo 5               shows every value of a stream
  send note {"text":"hi"}        sends without waiting for a reply
  request send {}                a request whose name is one of these words
  ${HELP_COMMAND}, ${QUIT_COMMAND}`;

export const PROMPT_HELP = `${LINES_HELP}

Ctrl-C ends what is under way, or else the line, or else the connection; Ctrl-D ends the connection.`;
