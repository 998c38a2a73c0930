import { createMix, type Mix } from './mix.ts'
import { atRest, type Sent, send } from './play.ts'
import type { Screen } from './screen.ts'
import { show } from './show.ts'
import type { Stage } from './stage.ts'
import type { HandlerLine } from './staged-handler.ts'
import { summary } from './summary.ts'
import { tableHead } from './table.ts'
import { tallyOf } from './tally.ts'
import { until } from './until.ts'

/** Any other would do: it only fixes the invented data. */
const SEED = 1

/**
 * Sends the mix, kills the server in the middle of it, and shows what becomes of each delivery. Resolves to true when
 * everything went as expected and nothing that was acknowledged was lost.
 */
export async function runDemo(stage: Stage, screen: Screen): Promise<boolean> {
  const mix = createMix(stage.providers, SEED)
  const sent: Sent[] = []
  let asExpected = true
  const keep = (one: Sent) => {
    sent.push(one)
    asExpected = show(one, screen) && asExpected
  }

  screen.line(tableHead(screen))
  for (const [title, steps] of [
    ['One of every event type', mix.good],
    ['What else arrives', mix.special],
  ] as const) {
    screen.note(title)
    for (const step of steps) {
      screen.passing(`  ${step.simulator.provider}: ${step.title} ...`)
      const one = await send(stage, step)
      await atRest(stage)
      keep(one)
    }
  }
  screen.note('A crash in the middle of handling')
  for (const one of await crash(stage, screen, mix)) keep(one)

  const seen = sent.map(({ look }) => look())
  const tally = tallyOf(seen, stage.witness.handlerLines())
  screen.line()
  for (const line of summary(tally, await stage.inbox.stats(), screen)) screen.line(line)
  return asExpected && tally.lost === 0 && tally.unacknowledged === 0
}

/** Kills the server while the handler is in the middle of events, and starts it again. */
async function crash(stage: Stage, screen: Screen, { cutOff, meanwhile }: Mix): Promise<Sent[]> {
  const sent: Sent[] = []
  for (const step of cutOff) sent.push(await send(stage, step))
  const events = sent.reduce((sum, { look }) => sum + look().ids.length, 0)
  const count = (wanted: HandlerLine['result']) =>
    sent.flatMap(({ look }) => look().handler).filter(({ result }) => result === wanted).length
  // One of them hangs after its write: that line is the last to come.
  await until(() => count('started') === events && count('handled') > 0, 5_000)

  const { pid } = stage.server
  await stage.server.kill()
  screen.note(
    `  the handler has begun ${count('started')} events and written ${count('handled')}: kill -9 ${pid}`,
  )
  const delivery = send(stage, meanwhile, { retries: true })
  const downAt = performance.now()
  await stage.restart()
  const downMs = performance.now() - downAt
  screen.note(`  started again after ${downMs.toFixed(0)} ms: process ${stage.server.pid}, the same inbox`)
  sent.push(await delivery)
  await atRest(stage)
  return sent
}
