import { createServer } from 'node:http'
import { PATH, REPLY } from './frameworks.ts'
import type { Rival } from './rivals.ts'

/** Verification libraries as their own pages show them on Express: none records anything. */
export const libraries: Record<'octokit' | 'standardwebhooks' | 'tern', Rival> = {
  octokit: async ({ secret }) => {
    const { default: express } = await import('express')
    const { createNodeMiddleware, Webhooks } = await import('@octokit/webhooks')
    const webhooks = new Webhooks({ secret })
    webhooks.onAny(() => {})
    return createServer(express().use(createNodeMiddleware(webhooks, { path: PATH })))
  },
  standardwebhooks: async ({ secret }) => {
    const { default: express } = await import('express')
    const { Webhook } = await import('standardwebhooks')
    const webhook = new Webhook(secret)
    const app = express()
    app.post(PATH, express.raw({ type: () => true, limit: '2mb' }), (req, res) => {
      webhook.verify(req.body, req.headers as Record<string, string>)
      res.type('json').send(REPLY)
    })
    return createServer(app)
  },
  tern: async ({ secret }) => {
    const { default: express } = await import('express')
    const { createWebhookMiddleware } = await import('@hookflo/tern/express')
    const app = express()
    app.use(express.raw({ type: () => true, limit: '2mb' }))
    app.post(PATH, createWebhookMiddleware({ platform: 'github', secret }), (_req, res) => {
      res.type('json').send(REPLY)
    })
    return createServer(app)
  },
}
