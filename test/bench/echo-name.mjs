/** The name of one of several echo handlers. @param {number} index */
export function echoName(index) {
  return index === 0 ? 'echo' : `echo${index + 1}`;
}
