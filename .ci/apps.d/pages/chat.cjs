// The default client of socket.io, 5 times in each of 4 pages that begin without cookies: all must connect at the first try, and
// go on by WebSocket.
const { visit } = require('./browser.cjs')

const connect = () => new Promise((resolve, reject) => {
  const socket = io({ forceNew: true, timeout: 5000 })
  let upgraded = false
  let port
  const both = () => { if (upgraded && port) { socket.close(); resolve(port) } }
  socket.on('connect_error', error => reject(error))
  socket.io.engine.on('upgrade', () => { upgraded = true; both() })
  socket.on('connect', () => socket.emit('who', answer => { port = answer; both() }))
  setTimeout(() => reject(new Error(`answered by ${port}, by WebSocket: ${upgraded}`)), 8000)
})

visit(process.argv[2], async (_, browser) => {
  const met = new Set()
  for (let n = 0; n < 4; n++) {
    const page = await browser.newPage() // with a store of its own
    await page.goto(process.env.GATEWAY + process.argv[2])
    await page.addScriptTag({ url: process.argv[2] })
    const own = new Set()
    for (let m = 0; m < 5; m++) own.add(await page.evaluate(connect))
    if (own.size !== 1) throw new Error(`one page met the servers ${[...own]}`)
    met.add(...own)
    await page.close()
  }
  if (met.size !== 2) throw new Error(`all pages met the server ${[...met]}`)
  console.log('20 of 20')
})
