// Node's fetch. Arguments: the gateway's URL, that by which a limit holds, and that for uploads. Prints a line for each thing it tried.
const [, , url, limited, uploads] = process.argv

async function main() {
  let good = 0
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`${url}/api/file.txt`)
    good += answer.status === 200 && (await answer.text()).length === 1100
  }
  console.log(`gets ${good}`)

  good = 0
  for (let i = 0; i < 50; i++) {
    const answer = await fetch(`${url}/api/echo`, { method: 'POST', body: 'x'.repeat(3000) })
    good += (await answer.text()).startsWith('POST ')
  }
  console.log(`posts ${good}`)

  for (let i = 0; i < 6; i++) {
    const answer = await fetch(`${limited}/api/file.txt`)
    await answer.text()
    if (answer.status === 429) console.log(`limit 429, Retry-After ${answer.headers.get('retry-after')}`)
  }

  const pieces = new ReadableStream({
    start(controller) {
      this.left = 128
    },
    pull(controller) {
      if (this.left-- > 0) controller.enqueue(new Uint8Array(65536))
      else controller.close()
    },
  })
  const answer = await fetch(`${uploads}/api/echo`, { method: 'POST', body: pieces, duplex: 'half' })
  const whole = (await answer.text()).includes('content-too-large')
  console.log(`upload ${answer.status} ${whole ? 'whole' : 'broken off'}`)
}

main().catch((e) => console.log(`upload ${e.cause ?? e}`))
