// Goes only when it is killed.
process.on('SIGTERM', () => console.log('no'));
process.once('disconnect', () => process.exit());
setInterval(() => {}, 60_000);
process.send({ pid: process.pid });
