// Serves dynalite, in memory, until stdin ends.
//
// Usage: emulator.js FOLDER PORT, where FOLDER is where dynalite is installed.
const {createRequire} = require('node:module');
const [folder, port] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(0)).resume();
// dynalite throws what a client does that breaks off a request.
process.on('uncaughtException', (err) => {
  if (err.code === 'ECONNRESET') return;
  console.error(err);
  process.exit(1);
});
createRequire(folder + '/')('dynalite')({createTableMs: 0}).listen(Number(port), '127.0.0.1');
