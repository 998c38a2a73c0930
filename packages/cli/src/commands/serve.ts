import { mkdirSync } from 'node:fs'
import { Option } from '@commander-js/extra-typings'
import { type HttpRequest, memoryInbox, type Receiver } from '@kyc-webhooks/core'
import { examples, newCommand } from '../command.ts'
import { UsageError } from '../exit.ts'
import { inboxAt, inboxOptions } from '../open-inbox.ts'
import { note, output } from '../output.ts'
import { httpUrl, someText, wholeNumber } from '../parsers.ts'
import { checkSchemes, PROVIDERS, schemeOptions } from '../providers.ts'
import { secretOptions } from '../secrets.ts'
import { printer } from '../serve/printer.ts'
import { receiversOf } from '../serve/receivers.ts'
import { serve } from '../serve/serve.ts'
import { captured } from '../serve/write-capture.ts'

export function serveCommand() {
  return newCommand('serve', 'Receives deliveries, and prints what arrives, without payloads.')
    .addOption(new Option('--provider <names...>', 'one or several').choices(PROVIDERS).makeOptionMandatory())
    .addOption(secretOptions.env())
    .addOption(secretOptions.file())
    .addOption(schemeOptions.secretForm())
    .addOption(schemeOptions.scheme())
    .addOption(schemeOptions.algorithm())
    .option('--port <n>', 'where to listen; 0: any that is free', wholeNumber(0, 65_535), 3_000)
    .option('--host <address>', 'on which address', '127.0.0.1')
    .option(
      '--inbox <place>',
      'record in this SQLite file or Postgres, made if missing (default: in memory)',
      someText,
    )
    .addOption(inboxOptions.inboxEnv())
    .addOption(inboxOptions.schema())
    .option(
      '--forward <url>',
      'send each accepted delivery on, again and again until it is accepted there',
      httpUrl,
    )
    .option('--capture <directory>', 'write each request into a file, for `verify --request`')
    .option('--payload', 'print payloads too: personal data')
    .option('--json', 'print a line of JSON for each delivery and event')
    .addHelpText(
      'after',
      `
Each provider is answered at /webhooks/<provider>, as by an application: 200 when
a delivery is authentic, fresh and recorded. Ctrl-C ends it when what is in hand is
finished.

--forward is for an application that is slow, not always there, or behind a
firewall: the provider has its answer in time, and the application gets the same
bytes, with the provider's headers, until it answers with 2xx (15 attempts over
about six hours). Late attempts are older than the five minutes that PRESS's page
allows; have the application verify the signature alone, or nothing if only this
can reach it.

In an inbox, its receivers are called serve-<provider> and forward-<provider>: an
application that has the same file open neither shares their events nor loses any
to them.
${examples(
  [
    'serve --provider press uip',
    'two providers, their secrets in PRESS_WEBHOOK_SECRET and UIP_WEBHOOK_SECRET',
  ],
  [
    'serve --provider press --inbox ./forward.db --forward http://127.0.0.1:8080/hooks',
    'in front of an application',
  ],
  ['serve --provider press --capture ./captures', 'to see with `verify` why something is refused'],
)}`,
    )
    .action(async ({ json, port, host, inbox: place, inboxEnv, schema, capture, ...options }) => {
      checkSchemes(options.provider, options)
      const receive = capture === undefined ? plain : capturing(capture)
      const out = output({ json })
      const isInMemory = place === undefined && inboxEnv === undefined
      const inbox = isInMemory
        ? memoryInbox()
        : await inboxAt({ inbox: place, inboxEnv, schema }, { migrate: true })
      const receivers: Receiver[] = []
      const toldToEnd = interrupted()
      try {
        receivers.push(...receiversOf(options, inbox, printer(out)))
        await Promise.all(receivers.map(({ ready }) => ready))
        const serving = await serve(receivers, { host, port }, receive)
        const urls = receivers.map(({ path }) => serving.origin + path)
        for (const url of urls) out.line(`listening on ${url}`)
        out.value({ kind: 'listening', urls })
        if (isInMemory) note('recorded in memory alone: gone when this ends')
        await toldToEnd
        await serving.close(closeAll(receivers))
      } finally {
        await closeAll(receivers)
        await inbox.close()
      }
    })
}

const closeAll = (receivers: readonly Receiver[]) =>
  Promise.all(receivers.map((receiver) => receiver.close()))

const plain = (receiver: Receiver, request: HttpRequest) => receiver.receive(request)

function capturing(directory: string): typeof plain {
  makeDirectory(directory)
  const startedAt = new Date().toISOString().replaceAll(/[:.]/g, '-')
  let count = 0
  return (receiver, request) => {
    const number = String(++count).padStart(5, '0')
    const name = (status: number) => `${startedAt}-${number}-${receiver.name}-${status}.http`
    return captured(directory, name, receiver.path, request, (each) => receiver.receive(each))
  }
}

/** Not those above it: Node.js makes `/proc/a` again and again, for ever. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new UsageError(`${directory} cannot be made (${code})`)
  }
}

/** Resolves at the first Ctrl-C, or when asked to end; the second one is not waited for. */
const interrupted = (): Promise<unknown> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
