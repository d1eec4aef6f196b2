// Run with `import-first` or `require-first` where the package is installed with Nest: whoever
// imports it and whoever requires it, in one process, must get the very same classes and tokens.
const assert = require('node:assert/strict');

const ENTRIES = ['nestjs-sockets', 'nestjs-sockets/client', 'nestjs-sockets/testing'];

const requireAll = () => ENTRIES.map((entry) => require(entry));
const importAll = () => Promise.all(ENTRIES.map((entry) => import(entry)));

async function check(order) {
  const early = order === 'require-first' ? requireAll() : undefined;
  const imported = await importAll();
  const required = early ?? requireAll();
  for (const [index, entry] of ENTRIES.entries()) {
    const names = Object.keys(imported[index]);
    assert.notEqual(names.length, 0);
    for (const name of names) {
      assert.equal(required[index][name], imported[index][name], `two copies of ${entry} ${name}`);
    }
  }
  const [{ SocketClient }, client] = imported;
  assert.equal(client.SocketClient, SocketClient);
  console.log(`one copy of everything, ${order}`);
}

void check(process.argv[2]);
