// A broadcast server on the package "ws", as its documentation has it: one send per client.
const { WebSocketServer } = require('ws')

const rooms = new Map()
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) })

server.on('connection', (socket, request) => {
  const name = request.url
  if (!rooms.has(name)) rooms.set(name, new Set())
  const room = rooms.get(name)
  room.add(socket)
  socket.on('message', (data, isBinary) => {
    for (const member of room) member.send(data, { binary: isBinary })
  })
  socket.on('close', () => {
    room.delete(socket)
    if (room.size === 0) rooms.delete(name)
  })
  socket.on('error', () => socket.terminate())
})
