import { createInterface } from 'node:readline/promises'
import { Failure, UsageError } from './exit.ts'

/** Asks on the terminal. Throws unless the answer is yes; and where nobody can be asked, unless `--yes` was given. */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) throw new UsageError('nobody can be asked here: say --yes')
  const lines = createInterface({ input: stdin, output: stderr })
  const answer = await lines.question(`${question} [y/N] `).finally(() => lines.close())
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('nothing was done')
}
