import { Argument, Option } from '@commander-js/extra-typings'
import type { DiscardRequest, Inbox } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { EXIT, UsageError } from '../exit.ts'
import { inChunks } from '../in-chunks.ts'
import { events, quarantined } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { duration, seqs, someText } from '../parsers.ts'
import { counted } from '../progress.ts'

const WHAT = ['dead-letters', 'quarantined'] as const

export function eraseCommand() {
  return newCommand(
    'erase',
    'Deletes dead letters or quarantined deliveries for good, with the bytes that no other event needs.',
  )
    .addArgument(new Argument('<what>').choices(WHAT))
    .argument('[seqs...]', 'their numbers', seqs)
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .option('--older-than <age>', 'all that came last so long ago, for example 30d', duration)
    .option('--receiver <name>', 'with --older-than: only those of this receiver', someText)
    .addOption(new Option('--subject <id>').hideHelp())
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Events in any other state are left alone: handled ones go by themselves after keepHandledMs. Erasing all
that is kept of one subject is not there yet.
${examples(
  ['inbox erase dead-letters 1 2 --yes', 'these two'],
  ['inbox erase quarantined --older-than 30d --yes', 'what nobody has missed for a month'],
)}`,
    )
    .action(async (what, numbers = [], { json, olderThan, receiver, subject, yes, ...place }) => {
      if (subject !== undefined) {
        throw new UsageError(
          'erasing by subject is not there yet: find the events of a person with `inbox export`, and erase by number',
        )
      }
      if (numbers.length > 0 === (olderThan !== undefined))
        throw new UsageError('name numbers, or an age with --older-than')
      if (receiver !== undefined && olderThan === undefined)
        throw new UsageError('--receiver goes with --older-than')
      const query = receiver === undefined ? {} : { receiver }
      const { asked, deleted } = await withInbox(place, async (inbox) => {
        const chosen =
          olderThan === undefined ? numbers : await older(inbox, what, Date.now() - olderThan, query)
        if (chosen.length === 0) return { asked: 0, deleted: 0 }
        await confirm(`Delete ${chosen.length} ${what} for good?`, yes)
        const deleted = await inChunks(chosen, (chunk) => inbox.discard(request(what, chunk)))
        return { asked: chosen.length, deleted }
      })
      const out = output({ json })
      out.line(`${deleted} of ${asked} ${what} deleted`)
      out.value({ asked, deleted })
      if (deleted < asked) process.exitCode = EXIT.failed
    })
}

const request = (what: (typeof WHAT)[number], chunk: readonly number[]): DiscardRequest =>
  what === 'quarantined' ? { quarantined: chunk } : { events: chunk }

/** The numbers of those that came before: a quarantined delivery may have come again since. */
async function older(
  inbox: Inbox,
  what: (typeof WHAT)[number],
  before: number,
  query: { receiver?: string },
): Promise<number[]> {
  const found = []
  if (what === 'quarantined') {
    for await (const { seq, lastAt } of counted(quarantined(inbox, query)))
      if (lastAt < before) found.push(seq)
  } else {
    for await (const { seq, receivedAt } of counted(events(inbox, { ...query, state: 'dead' })))
      if (receivedAt < before) found.push(seq)
  }
  return found
}
