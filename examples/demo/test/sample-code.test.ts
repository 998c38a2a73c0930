import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { memoryInbox } from '@kyc-webhooks/core'
import { buildApp } from '@kyc-webhooks/example-express'
import { installed, providers, secrets } from '@kyc-webhooks/example-harness'
import {
  advanceAiEvents,
  type Draft,
  type Flaw,
  type PreparedDelivery,
  pressEvents,
  type Simulator,
  UIP_EVENT_NAMES,
  uipEvents,
} from '@kyc-webhooks/simulator'
import { expect, onTestFinished, test } from 'vitest'

const { press, advanceAi } = providers('http://127.0.0.1')
const python = installed('python3', '--version')
// Its compiler too: the program is run from its source.
const java = installed('java', '--describe-module', 'jdk.compiler')

/** Runs a program of `sample-code` on lines of input. Resolves to what it says of each. */
function verdicts(program: string, file: string, lines: readonly string[]): unknown[] {
  const path = fileURLToPath(new URL(`./sample-code/${file}`, import.meta.url))
  const output = execFileSync(program, [path], { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A good delivery of each draft, and one with each flaw of the last. */
function deliveries(
  simulator: Simulator,
  drafts: readonly Draft[],
  flaws: readonly Flaw[],
): PreparedDelivery[] {
  const flawed = flaws.map((flaw) => simulator.prepare(drafts.at(-1) as Draft, { flaw }))
  return [...drafts.map((draft) => simulator.prepare(draft)), ...flawed]
}

test.skipIf(!python.found)(
  `PRESS: the page's Python accepts what the simulator signs and refuses what it flaws${python.remark}`,
  () => {
    const drafts = [...pressEvents().each(), pressEvents().structured(), pressEvents().batch()]
    const flaws: Flaw[] = ['bad-signature', 'altered-body', 'stale-timestamp', 'future-timestamp']
    const lines = deliveries(press, drafts, flaws).map(({ body, headers }) =>
      JSON.stringify({
        body: body.toString('base64'),
        timestamp: headers['X-Webhook-Timestamp'],
        signature: headers['X-Webhook-Signature'],
        secret: secrets.press,
      }),
    )
    expect(verdicts('python3', 'press_verify.py', lines)).toEqual([
      ...drafts.map(() => true),
      ...flaws.map(() => false),
    ])
  },
)

test.skipIf(!java.found)(
  `ADVANCE.AI: the page's Java accepts what the simulator signs and refuses what it flaws${java.remark}`,
  { timeout: 60_000 },
  () => {
    const drafts = advanceAiEvents().each()
    const flaws: Flaw[] = ['bad-signature', 'altered-body', 'malformed-signature']
    const lines = deliveries(advanceAi, drafts, flaws).map(({ body, headers }) =>
      [body.toString('base64'), secrets.advanceAi, headers['aai-signature']].join('\t'),
    )
    expect(verdicts('java', 'AdvanceAiVerify.java', lines)).toEqual([
      ...drafts.map(() => true),
      ...flaws.map(() => false),
    ])
  },
)

test.each(UIP_EVENT_NAMES)(
  "UIP: the receiver accepts %s signed as the page's sample computes it, over JSON.stringify of the payload",
  async (name) => {
    const inbox = memoryInbox()
    const { app, close } = buildApp({ secrets, onEvent: () => {}, inbox, logger: false })
    const server = app.listen(0)
    onTestFinished(async () => {
      server.close()
      await close()
      await inbox.close()
    })
    const payload = JSON.parse(uipEvents().of(name, { name: 'فاطمة "O\'Neil"' }).body.toString())
    const body = JSON.stringify(payload)
    const hmac = createHmac('sha256', secrets.uip)
    hmac.update(body)
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const send = (signature: string) =>
      fetch(`http://127.0.0.1:${port}/webhooks/uip`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-UIP-Signature': signature },
        body,
      })
    const signature = hmac.digest('hex')
    expect((await send(signature)).status).toBe(200)
    expect((await send(signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).status).toBe(401)
  },
)
