// A notebook: its kernel, which is reached by a WebSocket, executes 1+1.
const { visit } = require('./browser.cjs')

visit(process.argv[2], async page => {
  await page.waitForFunction(() => window.IPython?.notebook?.kernel?.is_connected())
  await page.click('.CodeMirror')
  await page.keyboard.type('1+1')
  await page.keyboard.press('Control+Enter')
  const got = (await page.textContent('.output_result pre')).trim()
  if (got !== '2') throw new Error(`1+1 is ${got}`)
})
