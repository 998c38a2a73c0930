import { Argument } from '@commander-js/extra-typings'
import type { DiscardRequest, Inbox } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { EXIT, UsageError } from '../exit.ts'
import { inChunks } from '../in-chunks.ts'
import { events, quarantined } from '../inbox-rows.ts'
import { type InboxPlace, inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { duration, seqs, someText } from '../parsers.ts'
import { counted } from '../progress.ts'
import { fields } from '../table.ts'

const WHAT = ['dead-letters', 'quarantined', 'subject'] as const
type Kind = Exclude<(typeof WHAT)[number], 'subject'>

export function eraseCommand() {
  return newCommand(
    'erase',
    'Deletes for good: all that is kept of one subject, or dead letters, or quarantined deliveries.',
  )
    .addArgument(new Argument('<what>').choices(WHAT))
    .argument('[seqs...]', 'their numbers', seqs)
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--older-than <age>', 'all that came last so long ago, for example 30d', duration)
    .option('--receiver <name>', 'with --older-than: only those of this receiver', someText)
    .option('--subject-env <name>', 'with subject: environment variable that has it', someText)
    .option('--unhandled', 'with subject: also what was not handled yet')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Dead letters and quarantined deliveries go by number or age, with the bytes that no other event needs. Of a
subject all events go that are handled or dead, with the bytes of their deliveries; what waits stays, and what
is in quarantine stays, since nobody here can tell whom else it is about: with --unhandled both go too. The
subject is personal data, and in an argument everybody who lists processes would see it.
${examples(
  ['inbox erase dead-letters 1 2 --yes', 'these two'],
  ['inbox erase quarantined --older-than 30d --yes', 'what nobody has missed for a month'],
  ['inbox erase subject --subject-env SUBJECT --yes', 'all that is kept of one person'],
)}`,
    )
    .action(
      async (what, numbers = [], { json, olderThan, receiver, subjectEnv, unhandled, yes, ...place }) => {
        if (what === 'subject') {
          if (numbers.length > 0 || olderThan !== undefined)
            throw new UsageError('a subject is erased as a whole: no numbers, no --older-than')
          return eraseSubject({ receiver, subjectEnv, unhandled, yes, json }, place)
        }
        if (subjectEnv !== undefined || unhandled)
          throw new UsageError('--subject-env and --unhandled go with subject')
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
      },
    )
}

interface SubjectOptions {
  receiver?: string | undefined
  subjectEnv?: string | undefined
  unhandled?: true | undefined
  yes?: true | undefined
  json?: true | undefined
}

async function eraseSubject(
  { receiver, subjectEnv, unhandled, yes, json }: SubjectOptions,
  place: InboxPlace,
): Promise<void> {
  const subject = subjectEnv === undefined ? undefined : process.env[subjectEnv]
  if (!subject)
    throw new UsageError('say --subject-env, the name of an environment variable with the subject')
  const erased = await withInbox(place, async (inbox) => {
    await confirm('Delete all that is kept of this subject for good?', yes)
    return inbox.erase(subject, { unhandled: unhandled === true, ...(receiver && { receiver }) })
  })
  const out = output({ json })
  const { leftInQuarantine, ...counts } = erased
  for (const line of fields({ ...counts, 'left in quarantine': leftInQuarantine.join(' ') || 'none' }))
    out.line(line)
  out.value(erased)
  if (erased.waiting + erased.running + leftInQuarantine.length > 0) process.exitCode = EXIT.failed
}

const request = (what: Kind, chunk: readonly number[]): DiscardRequest =>
  what === 'quarantined' ? { quarantined: chunk } : { events: chunk }

/** The numbers of those that came before: a quarantined delivery may have come again since. */
async function older(
  inbox: Inbox,
  what: Kind,
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
