import type { Inbox } from '../inbox/inbox.ts'
import { invalid } from '../option-checks.ts'
import { perInbox } from './per-inbox.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'

/** What is polled for in this process. */
const tasks = perInbox(() => new Set<string>())

const nameOf = ({ name, task }: ReconcileSettings): string => `${name} ${task}`

/** Throws `option-invalid` when a reconciler of this process has the task: of two, each would take the other's turns. */
export function takeTask(inbox: Inbox, settings: ReconcileSettings): void {
  const taken = tasks(inbox)
  if (taken.has(nameOf(settings))) invalid('task', `another name: ${settings.task} is polled for already`)
  taken.add(nameOf(settings))
}

export function giveBackTask(inbox: Inbox, settings: ReconcileSettings): void {
  tasks(inbox).delete(nameOf(settings))
}
