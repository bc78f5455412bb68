// For Node: its own HTTP server. Arguments: port, idle milliseconds (or "default").
const { createHash } = require('crypto')
const { createReadStream, existsSync, statSync } = require('fs')
const http = require('http')

const server = http.createServer((request, response) => {
  switch (request.url) {
    case '/health':
      response.end('ok')
      break
    case '/echo': {
      const hash = createHash('sha256')
      request.on('data', (piece) => hash.update(piece))
      request.on('end', () => response.end(`${request.method} ${hash.digest('hex')}`))
      break
    }
    case '/early':
      response.writeHead(401).end('who are you?')
      break
    case '/chunks':
      response.write('one,')
      response.write('two,')
      response.end('three')
      break
    default: {
      const file = process.env.FILES + request.url
      if (!existsSync(file)) {
        response.writeHead(404).end('none')
        break
      }
      response.setHeader('Content-Length', statSync(file).size)
      createReadStream(file).pipe(response)
    }
  }
})
if (process.argv[3] !== 'default') server.keepAliveTimeout = Number(process.argv[3])
server.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
