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
import type { FastifyPluginAsync } from 'fastify'
import { webhookPlugin } from './webhook.ts'

/** Receives the deliveries of PRESS (UAE KYC, ICP). */
export const pressWebhook: FastifyPluginAsync<ReceiverOptions<PressEvent> & PressOptions> =
  webhookPlugin(press)

/** Receives the deliveries of UIP. */
export const uipWebhook: FastifyPluginAsync<ReceiverOptions<UipEvent> & UipOptions> = webhookPlugin(uip)

/** Receives the deliveries of ADVANCE.AI. */
export const advanceAiWebhook: FastifyPluginAsync<ReceiverOptions<AdvanceAiEvent> & AdvanceAiOptions> =
  webhookPlugin(advanceAi)
