// The default client of socket.io in 20 pages, each without cookies: all must connect at the first try, and go on by WebSocket.
const { visit } = require('./browser.cjs')

const connect = () => new Promise((resolve, reject) => {
  const socket = io({ timeout: 5000 })
  let upgraded = false
  let port
  const both = () => upgraded && port && resolve(port)
  socket.on('connect_error', error => reject(error))
  socket.io.engine.on('upgrade', () => { upgraded = true; both() })
  socket.on('connect', () => socket.emit('who', answer => { port = answer; both() }))
  setTimeout(() => reject(new Error(`answered by ${port}, by WebSocket: ${upgraded}`)), 8000)
})

visit(process.argv[2], async (_, browser) => {
  const met = {}
  for (let n = 0; n < 20; n++) {
    const page = await browser.newPage() // with a store of its own
    await page.goto(process.env.GATEWAY + process.argv[2])
    await page.addScriptTag({ url: process.argv[2] })
    const port = await page.evaluate(connect)
    met[port] = (met[port] ?? 0) + 1
    await page.close()
  }
  const shares = Object.values(met)
  if (shares.length !== 2 || Math.min(...shares) < 3) throw new Error(`servers met: ${JSON.stringify(met)}`)
  console.log('20 of 20')
})
