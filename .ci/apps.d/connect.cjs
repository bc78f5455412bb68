// A client of socket.io for Node, 20 times anew: all must connect at the first try, and go on by WebSocket.
const { io } = require('socket.io-client')

const [url, options] = [process.argv[2], JSON.parse(process.argv[3])]

/** Resolves to null once a client has connected, been answered and gone on by WebSocket, or to what went wrong. */
const once = () => new Promise(resolve => {
  const timer = setTimeout(() => end(`answered ${answered}, by WebSocket ${upgraded}, after 8 s`), 8000)
  const socket = io(url, { ...options, forceNew: true, reconnection: false, timeout: 5000 })
  const end = wrong => { clearTimeout(timer); socket.close(); resolve(wrong) }
  let answered = false
  let upgraded = false
  const both = () => answered && upgraded && end(null)
  socket.on('connect_error', error => end(`${error.message} ${error.context?.responseText ?? error.description ?? ''}`))
  socket.io.engine.on('upgrade', () => { upgraded = true; both() })
  socket.on('connect', () => socket.emit('who', () => { answered = true; both() }))
})

const all = async () => {
  const wrong = []
  for (let n = 0; n < 20; n++) {
    const said = await once()
    if (said) wrong.push(said)
  }
  console.log([`${20 - wrong.length} of 20`, ...new Set(wrong)].join('\n'))
  process.exitCode = wrong.length ? 1 : 0
}
all()
