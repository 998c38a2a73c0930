import {
  type AdvanceAiEvent,
  type AdvanceAiOptions,
  advanceAi,
  type PressEvent,
  type PressOptions,
  press,
  type ReceiverOptions,
  type UipEvent,
  type UipOptions,
  uip,
} from '@kyc-webhooks/core'
import { type WebhookMiddleware, webhook } from './webhook.ts'

/** Receives the deliveries of PRESS (UAE KYC, ICP). */
export function pressWebhook(options: ReceiverOptions<PressEvent> & PressOptions): WebhookMiddleware {
  return webhook(press(options), options)
}

/** Receives the deliveries of UIP. */
export function uipWebhook(options: ReceiverOptions<UipEvent> & UipOptions): WebhookMiddleware {
  return webhook(uip(options), options)
}

/** Receives the deliveries of ADVANCE.AI. */
export function advanceAiWebhook(
  options: ReceiverOptions<AdvanceAiEvent> & AdvanceAiOptions,
): WebhookMiddleware {
  return webhook(advanceAi(options), options)
}
