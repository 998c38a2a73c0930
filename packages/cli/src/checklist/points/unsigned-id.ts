import { setTimeout as delay } from 'node:timers/promises'
import { ask, handled, NO_PROBE, times } from '../ask-probe.ts'
import { ACCEPTED, told } from '../exchange.ts'
import { type Conclusion, fail, notShown, type Point, PRACTICE, pass, warn } from '../point.ts'
import type { Counts } from '../probe.ts'
import type { Trial } from '../trial.ts'

export const UNSIGNED_ID_POINT: Point = {
  id: 'unsigned-id',
  group: 'processing',
  title: 'Duplicates are told by what is signed, and not by the header X-Webhook-Id',
  pages: { press: { ...PRACTICE, name: 'Signature Verification: the signature is over timestamp and body' } },
  why: 'The header is not signed. Whoever captured a delivery sends it again under another id, within the five minutes, and it is processed again; or sends it under the id of a delivery that is still to come, and that one is lost.',
  mend: 'Take the `id` of the body, which is the same and is signed.',
  run: tellByBody,
}

async function tellByBody(trial: Trial): Promise<Conclusion> {
  const { probe, target } = trial.bench
  if (probe === undefined) return notShown(NO_PROBE)
  const [first, second] = [trial.prepare(), trial.prepare()]
  const reply = await trial.send('a genuine delivery', first, ACCEPTED)
  if (!ACCEPTED.holds(reply)) return fail(`a genuine delivery: ${told(reply)}. Wanted: 2xx.`)
  await trial.send('the same body, under the X-Webhook-Id of the next', named(first, second.id))
  await trial.send('the next, under the X-Webhook-Id of the first', named(second, first.id))
  for (const { id = '' } of [first, second]) await handled(probe, id)
  await delay(target.quietMs ?? 1_000)
  const handledOf = async (about: string, id = '') =>
    (await ask(trial, about, probe, id, 'handled once', isOnce)).handled
  const [before, after] = [
    await handledOf('about the first body', first.id),
    await handledOf('about the next', second.id),
  ]
  if (before > 1) return warn(`under another X-Webhook-Id the same body was handled ${times(before)}`)
  if (after === 0) return warn('under an X-Webhook-Id that was known, a new body was not handled')
  return pass('each body was handled once, whatever the header said')
}

const isOnce = ({ handled }: Counts): boolean => handled === 1

const named = ({ headers, ...delivery }: ReturnType<Trial['prepare']>, id = '') => ({
  ...delivery,
  headers: { ...headers, 'X-Webhook-Id': id },
})
