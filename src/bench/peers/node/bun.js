// A broadcast server on Bun's own publish and subscribe, which is written in C++.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  fetch(request, server) {
    const room = new URL(request.url).pathname
    return server.upgrade(request, { data: { room } }) ? undefined : new Response('no', { status: 400 })
  },
  websocket: {
    open(socket) {
      socket.subscribe(socket.data.room)
    },
    message(socket, message) {
      server.publish(socket.data.room, message)
    },
  },
})
