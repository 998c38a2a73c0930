export { advanceAiWebhook, pressWebhook, uipWebhook } from './provider-webhooks.ts'
export { type WebhookMiddleware, webhook } from './webhook.ts'
