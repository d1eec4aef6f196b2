module.exports = require('nestjs-sockets/client').SocketClient;
