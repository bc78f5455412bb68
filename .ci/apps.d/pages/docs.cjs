// FastAPI's docs: they load openapi.json through the mount, and "Try it out" gets an answer there.
const path = require('path')
const { visit } = require('./browser.cjs')

// The page takes Swagger UI from another host, which is brought here instead.
const dist = path.dirname(require.resolve('swagger-ui-dist/package.json'))
const local = page => page.route(/swagger-ui.*\.(js|css)$/, route =>
  route.fulfill({ path: path.join(dist, path.basename(new URL(route.request().url()).pathname)) }))

visit(process.argv[2] + '/docs', async page => {
  await page.click('.opblock-summary')
  await page.click('.try-out__btn')
  await page.click('.execute')
  const status = await page.textContent('.live-responses-table tbody .response-col_status')
  if (!status.startsWith('200')) throw new Error(`"Try it out" got ${status}`)
  const asked = await page.textContent('.request-url')
  if (!asked.includes(process.argv[2] + '/items/')) throw new Error(`"Try it out" asked ${asked}`)
}, local)
