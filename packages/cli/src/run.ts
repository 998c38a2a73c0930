import { CommanderError } from '@commander-js/extra-typings'
import { EXIT, exitCodeOf, messageOf } from './exit.ts'
import { program } from './program.ts'
import { refuseSecretArgument } from './secrets.ts'

/** Runs one command line. Resolves to the exit code; what went wrong stands in one line on standard error. */
export async function run(args: readonly string[]): Promise<number> {
  // The reader of a pipe may have enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  try {
    refuseSecretArgument(args)
    await program().parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? EXIT.ok)
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    process.stderr.write(`kyc-webhooks: ${messageOf(error)}\n`)
    return exitCodeOf(error)
  }
}
