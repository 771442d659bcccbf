// The chat room of the WebSocket tutorials on the package "nodejs-websocket": everybody is in one
// room, and each text goes to everybody in upper case.
const ws = require('nodejs-websocket')

const server = ws.createServer((connection) => {
  connection.on('text', (text) => {
    const answer = text.toUpperCase() + '!!!'
    server.connections.forEach((each) => each.sendText(answer))
  })
  connection.on('error', () => {})
})

server.listen(Number(process.argv[2]), '127.0.0.1')
