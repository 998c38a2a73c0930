import { isKycWebhookError } from '@kyc-webhooks/core'
import { claim, receipt } from '../../../testing/src/inbox-samples.ts'
import { type SqliteEngineOptions, sqliteEngine } from '../../src/index.ts'

// A process of its own for the tests: `child.ts <role> <file> [options as JSON]`.

const [role = '', file = '', json = '{}'] = process.argv.slice(2)
const { ids = [], ...options } = JSON.parse(json) as SqliteEngineOptions & { ids?: string[] }
const engine = sqliteEngine({ file, ...options })

function say(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()))
}

const roles: Record<string, () => Promise<void>> = {
  /** Starts what is due and never settles it. */
  async hold() {
    const { claims } = await claim(engine)
    await say(`holds ${claims.length}`)
    setInterval(() => {}, 1_000)
  },

  /** Records each id as a provider would deliver it: again, when the inbox was not available. */
  async record() {
    for (const id of ids) {
      const [outcome] = await engine.commit([receipt(id)], []).catch(async (error: unknown) => {
        if (!isKycWebhookError(error, 'inbox-unavailable')) throw error
        return ['unavailable']
      })
      if (outcome === 'unavailable') ids.push(id)
      await say(`${outcome} ${id}`)
    }
  },

  /** Records without end, several commits under way at once, and says what was acknowledged. */
  async pour() {
    let next = 0
    const stream = async () => {
      for (;;) {
        const id = `${process.pid}-${next++}`
        const body = Buffer.alloc(next % 20_000, 'x')
        await engine.commit([receipt(id, { body })], [])
        await say(`recorded ${id} ${body.byteLength}`)
      }
    }
    await Promise.all([stream(), stream(), stream()])
  },

  /** Records large bodies until that fails. */
  async fill() {
    for (let index = 0; ; index++) {
      try {
        await engine.commit([receipt(`fill ${index}`, { body: Buffer.alloc(100_000, 'x') })], [])
        await say(`recorded fill ${index}`)
      } catch (error) {
        const { code, cause } = error as { code?: string; cause?: { code?: string } }
        return say(`failed ${code} ${cause?.code}`)
      }
    }
  },

  /** Leaves a commit under way, and the engine open. */
  async leave() {
    void engine.commit([receipt('left')], []).then(() => say('recorded left'))
  },

  async close() {
    await engine.close()
  },
}

try {
  await engine.open()
  await say('open')
  await roles[role]?.()
} catch (error) {
  await say(`error ${isKycWebhookError(error) ? error.code : error}`)
}
