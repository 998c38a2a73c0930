import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@kyc-webhooks/example-harness'
import { expect, onTestFinished, test } from 'vitest'
import { kycJson } from '../support/cli.ts'
import { secrets } from '../support/secrets.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { pages } from './support/pages.ts'

const page = pages('uip-webhooks.txt')

/** The code under the page's heading, as it stands. */
function template(): string {
  const [, code] = /^Webhook Handler Template\n(.*?)^Troubleshooting$/ms.exec(page.text()) ?? []
  if (code === undefined) throw new Error('The page has no template')
  return code
}

/** Where the template finds its Express. */
function expressOfExamples(): string {
  const require = createRequire(new URL('../../../../examples/express/package.json', import.meta.url))
  return dirname(dirname(require.resolve('express')))
}

async function startTemplate(): Promise<{ url: string; probe: string }> {
  const [port, probePort] = [await freePort(), await freePort()]
  const file = join(temporaryDirectory(), 'template.cjs')
  writeFileSync(file, template())
  const preload = fileURLToPath(new URL('./support/uip-template-preload.cjs', import.meta.url))
  const { NODE_ENV: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['--require', preload, file], {
    env: {
      ...{ ...inherited, NODE_OPTIONS: '', NODE_PATH: expressOfExamples() },
      ...{ UIP_WEBHOOK_SECRET: secrets.uip, PORT: String(port), PROBE_PORT: String(probePort) },
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdout.resume()
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  return { url: `http://127.0.0.1:${port}/webhook`, probe: `http://127.0.0.1:${probePort}/` }
}

test.skipIf(!page.found)(
  `UIP's own Express template, word for word: its mistakes are found${page.remark}`,
  async () => {
    const { url, probe } = await startTemplate()
    const args = ['checklist', '--provider', 'uip', '--url', url, '--rate', '5', '--probe', probe]
    const { code, values } = await kycJson(args)
    expect(code).toBe(1)
    const failures = values[0].points.filter(({ status }: { status: string }) => status === 'fail')
    expect(failures).toMatchObject([
      // "hmac.update(JSON.stringify(req.body))"
      { id: 'raw-body', reason: expect.stringContaining('401') },
      { id: 'bad-signature', reason: expect.stringContaining('a space more after the body: 200') },
      // Express' own error page, for what its body parser throws.
      { id: 'no-stack-traces', reason: expect.stringContaining('a stack of JavaScript') },
      // "findOne", then "create".
      { id: 'duplicates', reason: expect.stringContaining('at the same time: handled 2 times') },
      // "2. Return 200 immediately", "Save to database" after it.
      { id: 'recorded-first', reason: expect.stringContaining('0 of 3 were recorded') },
    ])
    for (const { mend } of failures) expect(mend).not.toBe('')
  },
)
