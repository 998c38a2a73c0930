export { advanceAiWebhook, pressWebhook, uipWebhook } from './provider-webhooks.ts'
export { type KoaContext, type WebhookMiddleware, webhook } from './webhook.ts'
