// Stays until it is told to go.
process.once('disconnect', () => process.exit());
setInterval(() => {}, 60_000);
console.log('staying');
process.send({ pid: process.pid, wish: process.env.WISH });
