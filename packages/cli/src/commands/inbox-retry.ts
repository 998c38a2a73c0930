import type { Inbox } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { confirm } from '../confirm.ts'
import { EXIT, UsageError } from '../exit.ts'
import { inChunks } from '../in-chunks.ts'
import { events } from '../inbox-rows.ts'
import { inboxOptions, withInbox } from '../open-inbox.ts'
import { output } from '../output.ts'
import { seqs, someText } from '../parsers.ts'
import { counted } from '../progress.ts'

export function retryCommand() {
  return newCommand(
    'retry',
    'Gives dead letters a fresh set of attempts; a receiver or worker that runs makes them.',
  )
    .argument('[seqs...]', 'numbers of dead letters', seqs)
    .addOption(inboxOptions.inbox())
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .addOption(inboxOptions.keysEnv())
    .option('--all', 'all dead letters')
    .option('--receiver <name>', 'with --all: only those of this receiver', someText)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['inbox retry 1 2 --yes', 'these two'],
        ['inbox retry --all --receiver press --yes', 'all of one receiver'],
      ),
    )
    .action(async (numbers = [], { json, all, receiver, yes, ...place }) => {
      if (numbers.length > 0 === (all === true))
        throw new UsageError('name dead letters by number, or say --all')
      if (receiver !== undefined && !all) throw new UsageError('--receiver goes with --all')
      const { asked, retried } = await withInbox(place, async (inbox) => {
        const chosen = all ? await deadLetters(inbox, receiver) : numbers
        if (chosen.length === 0) return { asked: 0, retried: 0 }
        await confirm(`Give ${chosen.length} dead letters fresh attempts?`, yes)
        const retried = await inChunks(chosen, (chunk) => inbox.retry(chunk))
        return { asked: chosen.length, retried }
      })
      const out = output({ json })
      out.line(
        asked === 0 ? 'no dead letters' : `${retried} of ${asked} were dead letters, and are tried again`,
      )
      out.value({ asked, retried })
      if (retried < asked) process.exitCode = EXIT.failed
    })
}

async function deadLetters(inbox: Inbox, receiver: string | undefined): Promise<number[]> {
  const found = []
  for await (const { seq } of counted(events(inbox, { state: 'dead', ...(receiver && { receiver }) })))
    found.push(seq)
  return found
}
