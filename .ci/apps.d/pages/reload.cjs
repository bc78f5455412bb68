// Vite's page: when the file is edited, the page shows it, and is still the page it was.
const fs = require('fs')
const { visit } = require('./browser.cjs')

visit(process.argv[2], async page => {
  const shows = text => page.waitForFunction(expected => document.getElementById('text').textContent === expected, text)
  // The socket may open after the page shows its first text.
  await page.waitForEvent('console', { predicate: message => message.text().includes('[vite] connected') })
  await shows('before')
  await page.evaluate(() => { window.same = true })
  fs.writeFileSync(process.argv[3], "export const text = 'after'\n")
  await shows('after')
  if (!(await page.evaluate(() => window.same))) throw new Error('the page was loaded anew')
})
