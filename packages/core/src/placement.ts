import type { Receiver } from './receiver.ts'

/** Where a router has put the middleware that a request came to. */
export interface Placement {
  /** Path of the request, less what a mount path took off it. */
  path: string
  /** True when a mount path was taken off it. */
  mounted: boolean
  /** The handlers of the routes that the request has matched. */
  routeHandlers: readonly unknown[]
}

/**
 * Is it for this receiver to answer here? On its path, and unless that was given as an option, wherever its own mount
 * path or route puts it. One trailing slash makes no difference: a redirect would be a failed delivery.
 */
export function answersAt(receiver: Receiver, { path, mounted, routeHandlers }: Placement): boolean {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if (bare === receiver.path) return true
  if (receiver.pathGiven) return false
  return (mounted && bare === '/') || routeHandlers.some((handler) => leadsTo(receiver, handler))
}

/** That some route has matched says little: it may have called `next()`. By property, because tracing tools wrap handlers and copy these. */
function leadsTo(receiver: Receiver, handler: unknown): boolean {
  return typeof handler === 'function' && 'receiver' in handler && handler.receiver === receiver
}
