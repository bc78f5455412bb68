// Chromium, without a window, that knows the gateway by name; what a page logs or fails at is said when something goes wrong.
const { chromium } = require('playwright-core')

/** Opens a path of the gateway, has `look` at the page, and ends the browser, and this process with 1 if that failed. */
exports.visit = async (path, look, prepare = async () => {}) => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP gateway.test 127.0.0.1'],
  })
  const said = []
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(20000)
    page.on('console', message => said.push(message.text()))
    page.on('pageerror', error => said.push(error.message))
    page.on('response', answer => answer.status() >= 400 && said.push(`${answer.status()} ${answer.url()}`))
    page.on('requestfailed', request => said.push(`${request.failure().errorText} ${request.url()}`))
    await prepare(page)
    await page.goto(process.env.GATEWAY + path)
    await look(page, browser)
  } catch (error) {
    console.log(`${error.message}\nthe page said: ${said.join('\n')}`)
    process.exitCode = 1
  } finally {
    await browser.close()
  }
}
