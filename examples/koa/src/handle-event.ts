import type { AdvanceAiEvent, PressEvent, UipEvent } from '@kyc-webhooks/core'

/**
 * What the application does with an event: `provider` and `type` narrow what `data` holds. Types that the provider's pages
 * do not list arrive too. Runs again when it throws, and after a crash: `event.id` stays the same.
 */
export async function handleEvent(event: PressEvent | UipEvent | AdvanceAiEvent): Promise<void> {
  switch (event.provider) {
    case 'press':
      console.log(`record status changed: ${event.type}`)
      return
    case 'uip':
      if (event.type === 'identify') console.log(`identified in session ${event.data.session_id}`)
      else console.log(`UIP says ${event.type}`)
      return
    case 'advance-ai':
      // Exact to the digit, although JSON.parse would round it.
      if (event.type === 'AML_OGS_UPDATE') console.log(`screening case ${event.data.caseId} has news`)
      else console.log(`ADVANCE.AI says ${event.type}`)
  }
}
