import { examples, newCommand } from '../command.ts'
import { EXIT } from '../exit.ts'
import { isoTime } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { note, output } from '../output.ts'
import { duration, wholeNumber } from '../parsers.ts'
import { fields } from '../table.ts'

export function statsCommand() {
  return newCommand('stats', 'Says how many events are in which state, and whether handlers keep up.')
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--max-dead <n>', 'exit with 1 when there are more dead letters', wholeNumber())
    .option('--max-quarantined <n>', 'exit with 1 when more deliveries are in quarantine', wholeNumber())
    .option(
      '--max-lag <age>',
      'exit with 1 when the oldest unhandled event is older, for example 5m',
      duration,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['inbox stats', 'at a glance'],
        ['inbox stats --inbox-env DATABASE_URL --max-dead 0 --max-lag 5m', 'a check for monitoring'],
      ),
    )
    .action(async ({ json, maxDead, maxQuarantined, maxLag, ...place }) => {
      const { oldestUnhandledAt, ...counts } = await withInbox(place, (inbox) => inbox.stats())
      const lagMs = oldestUnhandledAt === undefined ? 0 : Math.max(0, Date.now() - oldestUnhandledAt)
      const oldest = oldestUnhandledAt === undefined ? undefined : isoTime(oldestUnhandledAt)
      const out = output({ json })
      for (const line of fields({ ...counts, 'oldest unhandled': oldest ?? 'none' })) out.line(line)
      out.value({ ...counts, oldestUnhandledAt: oldest ?? null, lagMs })
      const exceeded = [
        counts.dead > (maxDead ?? Number.POSITIVE_INFINITY) && `${counts.dead} dead letters`,
        counts.quarantined > (maxQuarantined ?? Number.POSITIVE_INFINITY) &&
          `${counts.quarantined} in quarantine`,
        lagMs > (maxLag ?? Number.POSITIVE_INFINITY) &&
          `the oldest unhandled event is ${Math.round(lagMs / 1_000)} s old`,
      ].filter((excess) => excess !== false)
      if (exceeded.length === 0) return
      note(`kyc-webhooks: more than allowed: ${exceeded.join(', ')}`)
      process.exitCode = EXIT.failed
    })
}
