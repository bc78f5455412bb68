// A server of socket.io, which says its port to whoever asks.
const http = require('http')
const { Server } = require('socket.io')

const port = Number(process.argv[2])
const server = http.createServer((request, response) => {
  response.writeHead(request.url === '/healthz' ? 200 : 404)
  response.end()
})
new Server(server).on('connection', socket => socket.on('who', answer => answer(port)))
server.listen(port, '127.0.0.1')
