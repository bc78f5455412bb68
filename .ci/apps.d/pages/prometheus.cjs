// Prometheus' page: it is redirected to, asks for "up" and shows both jobs.
const { visit } = require('./browser.cjs')

visit(process.argv[2], async page => {
  await page.fill('textarea[name=expr]', 'up')
  await page.click('input[name=submit]')
  await page.waitForFunction(() => {
    const shown = document.body.innerText
    return shown.includes('job="gateway"') && shown.includes('job="route"')
  })
})
